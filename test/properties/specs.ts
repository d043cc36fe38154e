/**
 * Arbitrary settings of the kinds of getambassador.io. Names and values come from small sets, so that objects meet:
 * they share hosts, contradict each other, refer to what is there and to what is missing.
 */
import fc, { type Arbitrary } from "fast-check";

/** The first value three times out of four. */
function often<T>(usual: T, ...others: readonly T[]): Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function rarely<T>(value: Arbitrary<T>): Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** Names of objects; the Module's is one of them. */
export const name = fc.constantFrom("a", "b", "c", "d", "e", "ambassador");
/** Namespaces; the instance's own is the usual one. */
export const namespace = often("default", "backend");
/** Times of creation, if any. */
export const created = fc.constantFrom(undefined, undefined, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z");
/** Labels of objects. */
export const labels = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  { site: "x" },
  { site: "y", tier: "1" },
);
const selector = fc.constantFrom({ matchLabels: { site: "x" } }, { matchLabels: { site: "y", tier: "1" } });
const hostname = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("*", "a.test", "b.a.test", "*.test", "c.example") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("*.a.test", "*a.test", "a.*", "A.test", "a.test:8443", "x.*.test", "$HOST", ""),
  },
);
/** Service strings, most of them possible. */
export const address = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("one", "one:8080", "one.backend:80", "https://two", "127.0.0.1:9000") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "two.backend:web",
      "localhost",
      "http://example.com/path",
      "[::1]:80",
      "one:99999",
      "",
      "ftp://one",
    ),
  },
);
const secretName = often("a", "b", "c", "a.backend", "ambassador");
const regex = fc.constantFrom("a.*", "(a|b)\\.test", ".*", "[");
const strings = fc.constantFrom(["x"], ["x", "y"], "x");
/** Identities of instances. */
export const ambassadorId = fc.constantFrom("default", "other", ["default", "other"], "_automatic_");
/** Either. */
export const boolean = fc.boolean();
const milliseconds = fc.constantFrom(0, 500, 3000, 10_000, -1);
const weight = fc.constantFrom(0, 10, 50, 100, 120);
const tlsVersion = fc.constantFrom("v1.2", "v1.3", "v9");
const addedHeaders = fc.constantFrom({ x: "1" }, { x: { value: "2", append: false }, y: "%START_TIME%" }, { "": "3" });

/** The settings of a kind. */
export type Spec = Arbitrary<Readonly<Record<string, unknown>>>;

/** Fields of which the first ones are always there and each of the others once in ten times. */
export function spec(
  required: Readonly<Record<string, Arbitrary<unknown>>>,
  others: Readonly<Record<string, Arbitrary<unknown>>>,
): Spec {
  const sometimes = Object.entries(others).map(([field, value]) => [field, rarely(value)] as const);
  return fc
    .record({ ...required, ...Object.fromEntries(sometimes) })
    .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)));
}

const upstream = {
  tls: fc.constantFrom("a", "b", "a.backend", true),
  resolver: fc.constantFrom("endpoint", "kubernetes-service", "a", "b", "consul", "nobody"),
  enable_ipv4: boolean,
  enable_ipv6: boolean,
  cluster_tag: fc.constantFrom("blue", "green"),
  stats_name: fc.constantFrom("stats", "more"),
  circuit_breakers: fc.constantFrom(
    [{ max_requests: 1 }],
    [{ priority: "high" }, { priority: "high" }],
    [],
    [{ max: 1 }],
  ),
};

/** Settings that the Module has, too. */
const shared = {
  keepalive: fc.constantFrom({ idle_time: 60 }, { time: 60, probes: 200 }, {}),
  load_balancer: fc.constantFrom(
    { policy: "round_robin" },
    { policy: "ring_hash", header: "x-a" },
    { policy: "maglev", cookie: { name: "a", ttl: "1m" } },
    { policy: "ring_hash" },
  ),
  retry_policy: fc.constantFrom({ retry_on: "5xx" }, { retry_on: "gateway-error", per_try_timeout: "1s" }, {}),
  add_linkerd_headers: boolean,
  error_response_overrides: fc.constantFrom(
    [{ on_status_code: 404, body: { text_format: "no %REQ(:PATH)%" } }],
    [{ on_status_code: 503, body: { json_format: { a: "%RESPONSE_CODE%", b: 1 } } }, { on_status_code: 200 }],
    [],
  ),
};

/** What Mappings say of the services that are asked about requests. */
const ofServices = {
  auth_service: fc.constantFrom("a", "b", "a.backend", "nobody"),
  bypass_auth: boolean,
  auth_context_extensions: fc.constantFrom({ a: "b" }, {}),
  labels: fc.constantFrom(
    { ambassador: [{ g: [{ generic_key: { value: "v", key: "k" } }] }] },
    { a: [{ g: ["remote_address", { user: { header: "x-user" } }] }], b: [{}] },
  ),
};

/** Settings of a Mapping of v3alpha1; older versions call `hostname` `host`. */
export const mapping = spec(
  {
    prefix: fc.constantFrom("/", "/a/", "/a/b/", "/c", "/.well-known/acme-challenge/", ""),
    service: address,
    hostname,
  },
  {
    prefix_regex: boolean,
    prefix_exact: boolean,
    case_sensitive: boolean,
    host: hostname,
    host_regex: boolean,
    method: fc.constantFrom("GET", "GET|PUT", "["),
    method_regex: boolean,
    headers: fc.constantFrom(
      { "x-a": "1" },
      { "x-b": true, "x-a": "2" },
      { "x-forwarded-proto": "https" },
      { "x-forwarded-proto": "http" },
      { ":authority": "a.test" },
    ),
    regex_headers: regex.map((value) => ({ "x-r": value })),
    query_parameters: fc.constantFrom({ q: "1" }, { q: true }),
    regex_query_parameters: regex.map((value) => ({ q: value })),
    precedence: fc.constantFrom(0, 1, -1),
    ambassador_id: ambassadorId,
    ...upstream,
    weight,
    connect_timeout_ms: milliseconds,
    cluster_idle_timeout_ms: milliseconds,
    bypass_error_response_overrides: boolean,
    grpc: boolean,
    dns_type: fc.constantFrom("logical_dns", "strict_dns", "odd"),
    rewrite: fc.constantFrom("", "/", "/x/"),
    regex_rewrite: regex.map((pattern) => ({ pattern, substitution: "/\\1" })),
    host_rewrite: fc.constantFrom("inner.test", ""),
    auto_host_rewrite: boolean,
    timeout_ms: milliseconds,
    priority: fc.constantFrom("high", "low"),
    use_websocket: boolean,
    add_request_headers: addedHeaders,
    remove_response_headers: strings,
    host_redirect: boolean,
    path_redirect: fc.constantFrom("/new"),
    prefix_redirect: fc.constantFrom("/new/"),
    redirect_response_code: fc.constantFrom(302, 308, 404),
    cors: fc.constant({ origins: ["https://a.test"] }),
    ...shared,
    ...ofServices,
    shadow: boolean,
    health_checks: fc.constantFrom(
      [{ health_check: { http: { path: "/" } } }],
      [{ health_check: { grpc: { upstream_name: "a" } } }],
    ),
  },
);

const tlsSettings = {
  ca_secret: secretName,
  crl_secret: secretName,
  v3CRLSecret: secretName,
  cert_required: boolean,
  min_tls_version: tlsVersion,
  max_tls_version: tlsVersion,
  alpn_protocols: fc.constantFrom("h2,http/1.1", "h2", ""),
  cert_chain_file: fc.constantFrom("tls.crt"),
  private_key_file: fc.constantFrom("tls.key"),
  cacert_chain_file: fc.constantFrom("ca.crt"),
};

/** Settings of a Host. */
export const host = spec(
  {
    hostname,
    tlsSecret: fc.option(fc.record({ name: secretName })),
    requestPolicy: fc
      .record({
        action: fc.constantFrom("Redirect", "Reject", "Route", "Route"),
        additionalPort: fc.constantFrom(-1, 8080, 8081),
      })
      .map((insecure) => ({ insecure })),
  },
  {
    ambassador_id: ambassadorId,
    mappingSelector: selector,
    selector,
    tlsContext: fc.record({ name: secretName }),
    tls: spec({}, tlsSettings),
  },
);

/** Settings of a Listener. */
export const listener = spec(
  {
    port: fc.constantFrom(8080, 8443, 9000),
    protocol: often("HTTPS", "HTTP", "HTTPPROXY", "TCP", "TLS", "UDP"),
    securityModel: fc.constantFrom("XFP", "SECURE", "INSECURE"),
    hostBinding: often<unknown>(
      { namespace: { from: "ALL" } },
      { namespace: { from: "SELF" } },
      { namespace: { from: "SELECTOR" } },
      { namespace: { from: "ALL" }, selector: { matchLabels: { site: "x" } } },
      {},
    ),
  },
  {
    ambassador_id: ambassadorId,
    protocolStack: often<unknown>(["TLS", "HTTP", "UDP"], ["PROXY", "TLS", "HTTP", "TCP"], ["HTTP", "UDP"]),
    l7Depth: fc.constantFrom(0, 1),
    statsPrefix: fc.constantFrom("s"),
    http2MaxConcurrentStreams: fc.constantFrom(10),
  },
);

/** Settings of a TLSContext. */
export const tlsContext = spec(
  { hosts: fc.constantFrom(["a.test"], ["*.test", "a.test"], []), secret: secretName },
  {
    ...tlsSettings,
    ambassador_id: ambassadorId,
    secret_namespacing: boolean,
    sni: fc.constantFrom("a.test"),
    redirect_cleartext_from: fc.constantFrom(8080, 8081),
  },
);

/** Settings of a TCPMapping. */
export const tcpMapping = spec(
  { port: fc.constantFrom(9000, 9001, 8443), service: address },
  { host: hostname, address: fc.constantFrom("127.0.0.1", "nowhere"), weight, ...upstream },
);

/** Settings of the Module. */
export const module = spec(
  {},
  {
    service_port: fc.constantFrom(8080, 8088),
    defaults: fc.constantFrom({ httpmapping: { add_request_headers: { d: "1" } } }, { tls_secret_namespacing: false }),
    resolver: fc.constantFrom("endpoint", "nobody"),
    cluster_request_timeout_ms: milliseconds,
    cluster_idle_timeout_ms: milliseconds,
    enable_ipv6: boolean,
    use_ambassador_namespace_for_service_resolution: boolean,
    use_proxy_proto: boolean,
    x_forwarded_proto_redirect: boolean,
    xff_num_trusted_hops: fc.constantFrom(1, 2),
    server_name: fc.constantFrom("shop"),
    merge_slashes: boolean,
    strip_matching_host_port: boolean,
    ...shared,
    circuit_breakers: upstream.circuit_breakers,
    lua_scripts: fc.constant("function envoy_on_request(handle) end"),
  },
).map((config) => ({ config }));
