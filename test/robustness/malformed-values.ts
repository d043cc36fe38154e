/**
 * Objects that are well-formed YAML and wrong in one field: of a wrong type, out of range, or such that Envoy would
 * refuse everything that is sent along with it.
 */
import type { Malformed } from "./malformed-file.ts";

type Row = readonly [wrong: object, field: string];

const long = "x".repeat(300);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const mapping: readonly Row[] = [
  [{ prefix: undefined }, ".spec.prefix"],
  [{ prefix: 5 }, ".spec.prefix"],
  [{ service: undefined }, ".spec.service"],
  [{ service: ["quote"] }, ".spec.service"],
  [{ prefix_regex: "perhaps" }, ".spec.prefix_regex"],
  [{ headers: [] }, ".spec.headers"],
  [{ headers: { "x-a": { deep: true } } }, ".spec.headers.x-a"],
  [{ weight: "half" }, ".spec.weight"],
  [{ weight: 1.5 }, ".spec.weight"],
  [{ timeout_ms: -1 }, ".spec.timeout_ms"],
  [{ timeout_ms: 1e300 }, ".spec.timeout_ms"],
  [{ connect_timeout_ms: 0 }, ".spec.connect_timeout_ms"],
  [{ cluster_idle_timeout_ms: -5 }, ".spec.cluster_idle_timeout_ms"],
  [{ redirect_response_code: 200, host_redirect: true }, ".spec.redirect_response_code"],
  [{ retry_policy: "always" }, ".spec.retry_policy"],
  [{ circuit_breakers: [{ priority: "urgent" }] }, ".spec.circuit_breakers[0].priority"],
  [{ unknown_field: 1 }, ".spec.unknown_field"],
  [{ timeout: 3000 }, ".spec.timeout"],
  [{ prefix: "/x/(", prefix_regex: true }, ".spec.prefix"],
  [{ prefix: "(?=x)", prefix_regex: true }, ".spec.prefix"],
  [{ prefix: "/[a-z]{300}", prefix_regex: true }, ".spec.prefix"],
  [{ prefix: "", prefix_regex: true }, ".spec.prefix"],
  [{ hostname: undefined, host: "(", host_regex: true }, ".spec.host"],
  [{ hostname: undefined, host: "a.*" }, ".spec.host"],
  [{ hostname: "a.*.test" }, ".spec.hostname"],
  [{ hostname: "**" }, ".spec.hostname"],
  [{ hostname: "bücher.test" }, ".spec.hostname"],
  [{ hostname: "a b" }, ".spec.hostname"],
  [{ hostname: "a.test/b" }, ".spec.hostname"],
  [{ hostname: "nobody.serves.test" }, ".spec.hostname"],
  [{ method: "G(", method_regex: true }, ".spec.method"],
  [{ regex_headers: { "x-a": "*" } }, ".spec.regex_headers.x-a"],
  [{ regex_query_parameters: { a: "a{1001}" } }, ".spec.regex_query_parameters.a"],
  [{ headers: { "": "a" } }, '.spec.headers[""]'],
  [{ headers: { "a\nb": "a" } }, '.spec.headers["a\\nb"]'],
  [{ query_parameters: { "": "a" } }, '.spec.query_parameters[""]'],
  [{ service: "" }, ".spec.service"],
  [{ service: "http://" }, ".spec.service"],
  [{ service: "[::1" }, ".spec.service"],
  [{ service: "quote:65536" }, ".spec.service"],
  [{ service: "quo te" }, ".spec.service"],
  [{ service: "bücher:80" }, ".spec.service"],
  [{ service: "nowhere" }, ".spec.service"],
  [{ service: "quote:81" }, ".spec.service"],
  [{ service: "grpc://quote" }, ".spec.service"],
  [{ service: "quote/path?query" }, ".spec.service"],
  [{ tls: "nothing" }, ".spec.tls"],
  [{ resolver: "nobody" }, ".spec.resolver"],
  [{ enable_ipv4: false, enable_ipv6: false }, ".spec.enable_ipv4"],
  [{ dns_type: "carrier-pigeon" }, ".spec.dns_type"],
  [{ priority: "urgent" }, ".spec.priority"],
  [{ rewrite: "/a\r\nb: c" }, ".spec.rewrite"],
  [{ host_rewrite: "a\nb" }, ".spec.host_rewrite"],
  [{ regex_rewrite: { pattern: "(", substitution: "" } }, ".spec.regex_rewrite.pattern"],
  [{ regex_rewrite: { pattern: "a" } }, ".spec.regex_rewrite.substitution"],
  [{ path_redirect: "/y/" }, ".spec.path_redirect"],
  [{ host_redirect: true, path_redirect: "/y/", prefix_redirect: "/z/" }, ".spec.prefix_redirect"],
  [{ host_redirect: true, path_redirect: "/\0" }, ".spec.path_redirect"],
  [{ add_request_headers: { host: { value: "a" } } }, ".spec.add_request_headers.host"],
  [{ add_request_headers: { "": { value: "a" } } }, '.spec.add_request_headers[""]'],
  [{ add_request_headers: { "x-a": { value: "a\r\nb: c" } } }, ".spec.add_request_headers.x-a"],
  [{ add_response_headers: { "x-a": { value: "100%" } } }, ".spec.add_response_headers.x-a"],
  [{ add_response_headers: { "x-a": { value: "%NOTHING%" } } }, ".spec.add_response_headers.x-a"],
  [{ remove_request_headers: [":path"] }, ".spec.remove_request_headers[0]"],
  [{ allow_upgrade: ["a b"] }, ".spec.allow_upgrade[0]"],
];

const host: readonly Row[] = [
  [{ hostname: 5 }, ".spec.hostname"],
  [{ hostname: "" }, ".spec.hostname"],
  [{ hostname: "a.*.test" }, ".spec.hostname"],
  [{ hostname: "bücher.test" }, ".spec.hostname"],
  [{ hostname: "a\nb.test" }, ".spec.hostname"],
  [{ hostname: "plain.good.test" }, ".spec.hostname"],
  [{ hostname: "a.*", tlsSecret: { name: "secure" } }, ".spec.hostname"],
  [{ requestPolicy: { insecure: { action: "Ignore" } } }, ".spec.requestPolicy.insecure.action"],
  [{ requestPolicy: { insecure: { additionalPort: 70000 } } }, ".spec.requestPolicy.insecure.additionalPort"],
  [{ tlsSecret: "secure" }, ".spec.tlsSecret"],
  [{ tlsSecret: { name: "nowhere" } }, ".spec.tlsSecret"],
  [{ tls: { min_tls_version: "v1.2" } }, ".spec.tls"],
  [{ tlsSecret: { name: "secure" }, tlsContext: { name: "nothing" } }, ".spec.tlsContext.name"],
  [{ tlsSecret: { name: "secure" }, tlsContext: { name: "modern" }, tls: {} }, ".spec.tls"],
  [{ tlsSecret: { name: "secure" }, tls: { min_tls_version: "v9" } }, ".spec.tls.min_tls_version"],
  [{ tlsSecret: { name: "secure" }, tls: { ca_secret: "nowhere" } }, ".spec.tls.ca_secret"],
  [{ tlsSecret: { name: "secure" }, tls: { cipher_suites: ["RC4"] } }, ".spec.tls.cipher_suites"],
  [{ tlsSecret: { name: "secure" }, tls: { ecdh_curves: ["P-0"] } }, ".spec.tls.ecdh_curves"],
  [{ tlsSecret: { name: "secure" }, tls: { alpn_protocols: long } }, ".spec.tls.alpn_protocols"],
  [{ mappingSelector: { matchLabels: { a: 5 } } }, ".spec.mappingSelector.matchLabels.a"],
];

const listener: readonly Row[] = [
  [{ port: 0 }, ".spec.port"],
  [{ port: 65536 }, ".spec.port"],
  [{ port: "http" }, ".spec.port"],
  [{ port: 8080 }, ".spec.port"],
  [{ protocol: "SPDY" }, ".spec.protocol"],
  [{ protocol: "UDP" }, ".spec.protocol"],
  [{ protocol: undefined }, ".spec"],
  [{ protocol: undefined, protocolStack: ["TLS", "HTTP"] }, ".spec.protocolStack"],
  [{ securityModel: undefined }, ".spec.securityModel"],
  [{ hostBinding: {} }, ".spec.hostBinding"],
  [{ hostBinding: { namespace: { from: "NONE" } } }, ".spec.hostBinding.namespace.from"],
  [{ l7Depth: 2 ** 32 }, ".spec.l7Depth"],
];

const tcpMapping: readonly Row[] = [
  [{ port: 0 }, ".spec.port"],
  [{ port: 65536 }, ".spec.port"],
  [{ service: "" }, ".spec.service"],
  [{ service: "\\" }, ".spec.service"],
  [{ address: "localhost" }, ".spec.address"],
  [{ host: "a.*" }, ".spec.host"],
  [{ host: "nobody.has.a.certificate.test" }, ".spec.host"],
  [{ idle_timeout_ms: "soon" }, ".spec.idle_timeout_ms"],
  [{ weight: "all" }, ".spec.weight"],
  [{ tls: 5 }, ".spec.tls"],
];

const tlsContext: readonly Row[] = [
  [{ secret: ["secure"] }, ".spec.secret"],
  [{ secret: "nowhere" }, ".spec.secret"],
  [{ hosts: "a.test" }, ".spec.hosts"],
  [{ hosts: ["a b"] }, ".spec.hosts[0]"],
  [{ min_tls_version: "v1.4" }, ".spec.min_tls_version"],
  [{ min_tls_version: "v1.3", max_tls_version: "v1.2" }, ".spec.max_tls_version"],
  [{ sni: long }, ".spec.sni"],
  [{ redirect_cleartext_from: 0 }, ".spec.redirect_cleartext_from"],
];

const module: readonly Row[] = [
  [{ config: { use_remote_address: "perhaps" } }, ".spec.config.use_remote_address"],
  [{ config: { max_request_headers_kb: 8193 } }, ".spec.config.max_request_headers_kb"],
  [{ config: { buffer_limit_bytes: 2 ** 40 } }, ".spec.config.buffer_limit_bytes"],
  [{ config: { server_name: "a\nb" } }, ".spec.config.server_name"],
  [{ config: { envoy_log_type: "xml" } }, ".spec.config.envoy_log_type"],
  [{ config: { envoy_log_format: "%NOTHING%" } }, ".spec.config.envoy_log_format"],
  [{ config: { envoy_log_path: "/etc/passwd" } }, ".spec.config.envoy_log_path"],
  [{ config: { forward_client_cert_details: "EVERYTHING" } }, ".spec.config.forward_client_cert_details"],
  [{ config: { headers_with_underscores_action: 5 } }, ".spec.config.headers_with_underscores_action"],
  [
    { config: { defaults: { add_request_headers: { host: { value: "a" } } } } },
    ".spec.config.defaults.add_request_headers.host",
  ],
  [{ config: { no_such_setting: 1 } }, ".spec.config.no_such_setting"],
  [{ config: { gzip: { window_bits: 99 } } }, ".spec.config.gzip.window_bits"],
  [{ config: "everything" }, ".spec.config"],
];

const secrets: readonly Row[] = [
  [{ data: { "tls.crt": "not base64!" } }, '.data["tls.crt"]'],
  [{ data: { "tls.crt": 5 } }, '.data["tls.crt"]'],
  [{ data: [] }, ".data"],
  [{ data: { "tls.crt": base64("text"), "tls.key": base64("text") } }, '.data["tls.crt"]'],
  [{ data: { "tls.key": base64("text") } }, ".data"],
  [
    { stringData: { "tls.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "tls.key": "x" } },
    '["tls.crt"]',
  ],
];

const annotations: readonly (readonly [text: unknown, field: string])[] = [
  ["a: [", ".metadata.annotations"],
  ["just text", ".metadata.annotations"],
  ["apiVersion: ambassador/v1\nkind: Mapping\nprefix: /x/\n", ".metadata.annotations"],
  ["apiVersion: other/v1\nkind: Mapping\nname: a\n", ".metadata.annotations"],
  ["apiVersion: ambassador/v1\nkind: Mapping\nname: ann\nprefix: 5\nservice: quote\n", ".spec.prefix"],
  [{ kind: "Mapping" }, ".metadata.annotations"],
];

const services: readonly Row[] = [
  [{ spec: { ports: [{ port: 70000 }] } }, ".spec.ports[0].port"],
  [{ spec: { ports: "http" } }, ".spec.ports"],
];

function ambassador(kind: string, good: (i: number) => object, rows: readonly Row[], name?: string): Malformed[] {
  return rows.map(([wrong, field], i) => {
    const metadata = name === undefined ? { name: `zz-${i}` } : { name, namespace: `zz-${i}` };
    const object = { apiVersion: "getambassador.io/v3alpha1", kind, metadata, spec: { ...good(i), ...wrong } };
    return { name: `${kind.toLowerCase()}-${i}`, field, content: `${JSON.stringify(object, null, 2)}\n` };
  });
}

function core(kind: string, rows: readonly Row[], more: (name: string) => readonly object[] = () => []): Malformed[] {
  return rows.map(([wrong, field], i) => {
    const name = `bad-${kind.toLowerCase()}-${i}`;
    const objects = [{ apiVersion: "v1", kind, metadata: { name }, ...wrong }, ...more(name)];
    const content = objects.map((object) => `${JSON.stringify(object, null, 2)}\n`).join("---\n");
    return { name: `${kind.toLowerCase()}-${i}`, field, content };
  });
}

/** A Host that refers to the Secret, because those that nobody refers to are not read. */
function referring(name: string): readonly object[] {
  const spec = { hostname: `${name}.test`, tlsSecret: { name } };
  return [{ apiVersion: "getambassador.io/v3alpha1", kind: "Host", metadata: { name: `of-${name}` }, spec }];
}

/** Services whose annotation is wrong. */
function annotated(): Malformed[] {
  return annotations.map(([text, field], i) => {
    const metadata = { name: `annotated-${i}`, annotations: { "getambassador.io/config": text } };
    const content = `${JSON.stringify({ apiVersion: "v1", kind: "Service", metadata, spec: {} }, null, 2)}\n`;
    return { name: `annotation-${i}`, field, content };
  });
}

const binding = { namespace: { from: "ALL" } };

/** All of them. */
export function values(): readonly Malformed[] {
  return [
    ...ambassador("Mapping", (i) => ({ hostname: "plain.good.test", prefix: `/bad-${i}/`, service: "quote" }), mapping),
    ...ambassador("Host", (i) => ({ hostname: `bad-${i}.test` }), host),
    ...ambassador(
      "Listener",
      () => ({ port: 9100, protocol: "HTTP", securityModel: "XFP", hostBinding: binding }),
      listener,
    ),
    ...ambassador("TCPMapping", () => ({ port: 9000, service: "raw" }), tcpMapping),
    ...ambassador("TLSContext", () => ({ secret: "secure" }), tlsContext),
    ...ambassador("Module", () => ({}), module, "ambassador"),
    ...core("Secret", secrets, referring),
    ...annotated(),
    ...core("Service", services),
  ];
}
