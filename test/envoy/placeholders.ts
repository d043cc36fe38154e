/**
 * Replaces `${CERT:…}`, `${KEY:…}`, `${CA:…}`, `${CRL:…}` and `${UPSTREAM:…}` in a case's files.
 * Certificates become base64, as a Secret's `data` wants them; upstreams become port numbers.
 */
import type { Material } from "./material.ts";

/** What an upstream does with a connection; see test/golden/README.md. */
const upstreamKinds = [
  ...(["http", "tcp", "refused", "ext-authz", "rate-limit"] as const),
  ...(["access-log", "zipkin", "datadog", "opentelemetry"] as const),
] as const;

/** One of the kinds. */
export type UpstreamKind = (typeof upstreamKinds)[number];

/** An upstream that a case names. */
export interface UpstreamSpec {
  readonly name: string;
  readonly kind: UpstreamKind;
}

/** Gives the port of an upstream. */
export type PortOf = (upstream: UpstreamSpec) => number;

const placeholder = /\$\{(CERT|KEY|CA|CRL|UPSTREAM):([^}]*)\}/g;

/** How a certificate stands in a text: in base64 for a Secret's `data`, or as PEM in a file of its own. */
export type MaterialForm = "base64" | "pem";

/** Replaces every placeholder of a text. */
export function expandPlaceholders(
  text: string,
  material: Material,
  portOf: PortOf,
  form: MaterialForm = "base64",
): string {
  // A certificate is described where it is asked for and may be used by name alone elsewhere, even earlier.
  for (const [, kind, argument = ""] of text.matchAll(placeholder)) {
    if (kind === "CERT" && argument.includes(":")) material.certificate(argument);
  }
  return text.replaceAll(placeholder, (_, kind: string, argument: string) => {
    if (kind === "UPSTREAM") return String(portOf(parseUpstream(argument)));
    const pem = pemFor(kind, argument, material);
    return form === "pem" ? pem : Buffer.from(pem).toString("base64");
  });
}

/** The upstreams that texts name, each once, in order of appearance. */
export function upstreamsIn(texts: readonly string[]): UpstreamSpec[] {
  const found = new Map<string, UpstreamSpec>();
  for (const text of texts) {
    for (const [, kind, argument = ""] of text.matchAll(placeholder)) {
      if (kind !== "UPSTREAM") continue;
      const upstream = parseUpstream(argument);
      const known = found.get(upstream.name);
      if (known && known.kind !== upstream.kind)
        throw new Error(`upstream "${upstream.name}" is both ${known.kind} and ${upstream.kind}`);
      found.set(upstream.name, upstream);
    }
  }
  return [...found.values()];
}

/** Port numbers that are the same in every run, for compiled output that is compared with a file. */
export function fixedPorts(upstreams: readonly UpstreamSpec[]): PortOf {
  return ({ name }) => 10001 + upstreams.findIndex((upstream) => upstream.name === name);
}

function parseUpstream(argument: string): UpstreamSpec {
  const [name = "", kind = "http"] = argument.split(":");
  const known = upstreamKinds.find((one) => one === kind);
  if (name === "" || known === undefined) throw new Error(`not an upstream: "\${UPSTREAM:${argument}}"`);
  return { name, kind: known };
}

function pemFor(kind: string, argument: string, material: Material): string {
  if (kind === "CERT") return material.certificate(argument).certificate;
  if (kind === "KEY") return material.certificate(argument).key;
  if (kind === "CA") return material.authority(argument);
  const [authority = "", revoked = ""] = argument.split(":");
  return material.revocationList(authority, revoked === "" ? [] : revoked.split(","));
}
