/**
 * The form of requests.yaml: what is sent and what must be seen. Unknown keys are mistakes.
 * test/golden/README.md explains it to those who write cases.
 */
import { parse } from "yaml";

/** One request and what it must lead to. */
export interface Probe {
  readonly name?: string;
  readonly request: RequestSpec;
  readonly expect: Expectation;
}

/** What is sent. */
export interface RequestSpec {
  /** `http://`, `https://`, `tcp://` or `tls://`, then the authority as the client writes it, then the raw path. */
  readonly url: string;
  readonly method?: string;
  /** The listener's port in the manifests; else the URL's, else 8080 for http and 8443 for https. */
  readonly port?: number;
  /** The Host header, when it is not the URL's authority. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** 3 is over QUIC. */
  readonly http?: "1.0" | "1.1" | "2" | "3";
  /** The TLS server name; "" sends none. */
  readonly sni?: string;
  readonly alpn?: readonly string[];
  readonly tlsVersion?: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  /** As a CERT placeholder describes one. */
  readonly clientCertificate?: string;
  readonly proxyProtocol?: { readonly version: 1 | 2; readonly source: string };
  readonly times?: number;
}

/** A text that must be equal, or a `/regular expression/`; null where there must be nothing. */
export type Pattern = string | number | null;

/** What must be seen. */
export interface Expectation {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, Pattern>>;
  readonly body?: Pattern;
  readonly http?: string;
  readonly certificate?: { readonly dnsNames: readonly string[] };
  readonly tls?: { readonly version?: string; readonly alpn?: Pattern };
  /** Part of what the failed connection says, such as `ECONNRESET`. */
  readonly error?: Pattern;
  /** null: no upstream was reached. */
  readonly upstream?: UpstreamExpectation | null;
  /** How many requests reached upstreams; with `times` 1 when absent and `upstream` is given. */
  readonly attempts?: number;
  /** Waits until upstreams have received so many requests: copies may come after the answer. */
  readonly await?: number;
  /** By name, what each upstream that was reached must have seen, one request each; no other was reached. */
  readonly received?: Readonly<Record<string, UpstreamExpectation>>;
  /** How many different upstreams were reached, whichever they are. */
  readonly upstreams?: number;
  /** Upstream name to the number of requests it received, `12` or `10..20`; all other upstreams none. */
  readonly distribution?: Readonly<Record<string, string | number>>;
}

/** What the upstream must have seen. */
export interface UpstreamExpectation {
  readonly name?: string;
  readonly method?: string;
  readonly path?: string;
  readonly http?: string;
  readonly headers?: Readonly<Record<string, Pattern>>;
  readonly body?: Pattern;
  /** null: the connection was cleartext. */
  readonly tls?: Readonly<Record<"sni" | "alpn" | "version" | "clientCertificate", Pattern>> | null;
  readonly proxyProtocol?: { readonly version?: number; readonly source?: Pattern } | null;
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  "": ["name", "request", "expect"],
  request: [
    ..."url method port host headers body http sni alpn tlsVersion".split(" "),
    ..."clientCertificate proxyProtocol times".split(" "),
  ],
  expect:
    "status headers body http certificate tls error upstream received attempts await upstreams distribution".split(" "),
  "expect.upstream": "name method path http headers body tls proxyProtocol".split(" "),
  "expect.upstream.tls": ["sni", "alpn", "version", "clientCertificate"],
  "expect.upstream.proxyProtocol": ["version", "source"],
  "expect.certificate": ["dnsNames"],
  "expect.tls": ["version", "alpn"],
  "request.proxyProtocol": ["version", "source"],
};

/** Reads a requests.yaml; throws a sentence that names the file and the key that is wrong. */
export function parseProbes(text: string, file: string): Probe[] {
  const list: unknown = parse(text);
  if (!Array.isArray(list) || list.length === 0) throw new Error(`${file}: must be a list of requests`);
  return list.map((item: unknown, i) => {
    const where = `${file}[${i}]`;
    checkKeys(item, "", where);
    const probe = item as Probe;
    if (typeof probe.request?.url !== "string") throw new Error(`${where}: request.url is missing`);
    if (typeof probe.expect !== "object" || Object.keys(probe.expect).length === 0)
      throw new Error(`${where}: expects nothing`);
    const http = probe.request.http;
    return http === undefined ? probe : { ...probe, request: { ...probe.request, http: httpVersion(http, where) } };
  });
}

/** YAML reads 1.1 and 2 as numbers. */
function httpVersion(value: unknown, where: string): NonNullable<RequestSpec["http"]> {
  const version = ({ "1": "1.0", "1.0": "1.0", "1.1": "1.1", "2": "2", "3": "3" } as const)[String(value)];
  if (version === undefined) throw new Error(`${where}: request.http must be 1.0, 1.1, 2 or 3`);
  return version;
}

function checkKeys(value: unknown, path: string, where: string): void {
  const keys = allowed[path];
  if (!keys || value === null || value === undefined) return;
  if (typeof value !== "object") throw new Error(`${where}: ${path || "it"} must be a mapping`);
  for (const [key, inner] of Object.entries(value)) {
    if (!keys.includes(key)) throw new Error(`${where}: unknown key "${key}"${path && ` in ${path}`}`);
    checkKeys(inner, path === "" ? key : `${path}.${key}`, where);
  }
}
