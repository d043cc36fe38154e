/**
 * The settings of the Module `ambassador`.
 */
import {
  anything,
  boolean,
  enumOf,
  type FieldNotes,
  integer,
  list,
  map,
  object,
  optional,
  type Static,
  string,
  stringLike,
  variants,
} from "../schema/index.ts";
import { circuitBreakers, keepalive, loadBalancer, milliseconds, retryPolicy } from "./cluster-settings.ts";
import { cors } from "./cors.ts";
import { errorResponseOverrides } from "./error-responses.ts";
import { addedHeader } from "./headers.ts";
import { specifier } from "./labels.ts";

// Envoy creates this file with its own rights, so that a manifest must not choose just any.
const logPath = stringLike(
  "^/dev/(fd/[0-9]+|stdout|stderr|null)$|^/(tmp|var/log)/(?!.*\\.\\.)[^\\u0000-\\u001f]+$",
  "path under /tmp/ or /var/log/, or /dev/stdout, /dev/stderr, /dev/fd/1, /dev/null",
);

const headText = stringLike("^[^\\u0000-\\u001f\\u007f]*$", "text without control characters");

const uint32 = 4294967295;

function ignored(because: string): FieldNotes {
  return { status: "ignored", because };
}

const mappingDefaults = {
  add_request_headers: optional(map(addedHeader), "Headers added to requests.", {
    example: { "x-env": { value: "production" } },
  }),
  add_response_headers: optional(map(addedHeader), "Headers added to answers.", {
    example: { "x-env": { value: "production" } },
  }),
  remove_request_headers: optional(list(string()), "Headers removed from requests.", { example: ["x-internal"] }),
  remove_response_headers: optional(list(string()), "Headers removed from answers.", { example: ["x-powered-by"] }),
  stats_name: optional(string(), "Name of clusters in statistics.", { example: "shop" }),
};

const routing = {
  defaults: optional(
    object({
      httpmapping: optional(object(mappingDefaults), "Defaults of Mappings, before the others.", {
        example: { remove_request_headers: ["x-internal"] },
      }),
      ...mappingDefaults,
      tls_secret_namespacing: optional(boolean(), "Default of `secret_namespacing` of TLSContexts.", { unset: true }),
    }),
    "Defaults of other resources.",
  ),
  add_linkerd_headers: optional(boolean(), "Default of `add_linkerd_headers` of Mappings.", { unset: false }),
  default_label_domain: optional(string(), "Whose default labels are counted for Mappings without labels.", {
    unset: "ambassador",
    example: "shop",
  }),
  default_labels: optional(
    map(
      object({
        defaults: optional(list(specifier), "Labels that every group begins with.", {
          example: [{ remote_address: { key: "remote_address" } }],
        }),
      }),
    ),
    "Labels that are counted for all requests, by domain.",
    { example: { ambassador: { defaults: [{ remote_address: { key: "remote_address" } }] } } },
  ),
  cluster_request_timeout_ms: optional(milliseconds, "Default of `timeout_ms`.", { unset: 3000, example: 10000 }),
  cluster_idle_timeout_ms: optional(milliseconds, "Default of Mappings' `cluster_idle_timeout_ms`.", {
    example: 30000,
  }),
  cluster_max_connection_lifetime_ms: optional(
    milliseconds,
    "Default of Mappings' `cluster_max_connection_lifetime_ms`.",
    { example: 600000 },
  ),
  circuit_breakers: optional(circuitBreakers, "Default of `circuit_breakers` of Mappings and TCPMappings.", {
    example: [{ max_connections: 100 }],
  }),
  load_balancer: optional(loadBalancer, "Default of `load_balancer` of Mappings, whatever their resolver."),
  keepalive: optional(keepalive, "Default of `keepalive` of Mappings."),
  retry_policy: optional(retryPolicy, "Default of `retry_policy` of Mappings."),
  cors: optional(cors, "Which other sites' scripts may call everything."),
  resolver: optional(string(), "Default of `resolver` of Mappings.", {
    unset: "kubernetes-service",
    example: "endpoint",
  }),
  enable_ipv4: optional(boolean(), "Whether IPv4 addresses of services are used.", { unset: true }),
  enable_ipv6: optional(boolean(), "Whether IPv6 addresses of services are used.", { unset: false }),
  use_ambassador_namespace_for_service_resolution: optional(
    boolean(),
    "Look services without a namespace up in the instance's own instead of the Mapping's.",
    { unset: false },
  ),
  regex_max_size: optional(integer({ min: 1 }), "Limit of the size of compiled regular expressions.", {
    unset: 200,
    ...ignored("Envoy's own limit of 200 instructions holds; a larger expression is refused with its size"),
    example: 400,
  }),
  regex_type: optional(enumOf("safe", "unsafe"), "Kind of regular expressions.", {
    unset: "safe",
    ...ignored("all regular expressions are RE2"),
  }),
  prune_unreachable_routes: optional(boolean(), "Leave out routes that no request can reach.", {
    unset: true,
    ...ignored("unreachable routes are always left out"),
  }),
  error_response_overrides: optional(
    errorResponseOverrides,
    "Other bodies for error answers; Mappings may have their own.",
  ),
  auth_enabled: optional(anything(), "Once, whether there was authentication.", {
    ...ignored("an AuthService decides that"),
    example: true,
  }),
  debug_mode: optional(anything(), "Once, more diagnostics.", { ...ignored("it changed no traffic"), example: true }),
};

const connections = {
  use_remote_address: optional(boolean(), "Whether the client's address is that of the connection.", { unset: true }),
  xff_num_trusted_hops: optional(
    integer({ min: 0, max: uint32 }),
    "Trusted proxies in front, while there is no Listener.",
    { unset: 0, example: 1 },
  ),
  use_proxy_proto: optional(boolean(), "Expect the PROXY protocol, while there is no Listener.", { unset: false }),
  x_forwarded_proto_redirect: optional(boolean(), "Redirect what came in cleartext, while there is no Listener.", {
    unset: false,
  }),
  service_port: optional(integer({ min: 1, max: 65535 }), "Port that is listened on, while there is no Listener.", {
    example: 8888,
  }),
  server_name: optional(headText, "What the header `server` of answers says.", { unset: "envoy", example: "edge" }),
  enable_http10: optional(boolean(), "Accept HTTP/1.0.", { unset: false }),
  allow_chunked_length: optional(boolean(), "Accept requests with both content-length and chunks.", { unset: false }),
  proper_case: optional(boolean(), "Capitalise header names in answers.", { unset: false }),
  header_case_overrides: optional(
    list(string()),
    "Spelling of header names over HTTP/1.1: if all are capitalised as `proper_case` does it, all names are; else names stay as the sender wrote them.",
    { example: ["X-Request-Id"] },
  ),
  max_request_headers_kb: optional(
    integer({ min: 1, max: 8192 }),
    "Limit of a request's headers, beyond which it is answered 431.",
    { unset: 60, example: 96 },
  ),
  listener_idle_timeout_ms: optional(milliseconds, "When idle client connections are closed.", {
    unset: 3600000,
    example: 60000,
  }),
  headers_with_underscores_action: optional(
    enumOf("ALLOW", "REJECT_REQUEST", "DROP_HEADER"),
    "Whether requests with underscores in header names are served, refused with 400 or lose those headers.",
    { unset: "ALLOW" },
  ),
  merge_slashes: optional(boolean(), "Match and send on several slashes in a path as one.", { unset: false }),
  reject_requests_with_escaped_slashes: optional(boolean(), "Answer 400 to escaped slashes in a path.", {
    unset: false,
  }),
  strip_matching_host_port: optional(boolean(), "Take the listener's own port off the Host header.", { unset: false }),
  preserve_external_request_id: optional(boolean(), "Keep a client's `x-request-id` instead of making a new one.", {
    unset: false,
  }),
  forward_client_cert_details: optional(
    enumOf("SANITIZE", "FORWARD_ONLY", "APPEND_FORWARD", "SANITIZE_SET", "ALWAYS_FORWARD_ONLY"),
    "What services are told of clients' certificates in `x-forwarded-client-cert`.",
    { unset: "SANITIZE" },
  ),
  set_current_client_cert_details: optional(
    object({
      subject: optional(boolean(), "Tell the subject of the certificate."),
      cert: optional(boolean(), "Tell the whole certificate."),
      chain: optional(boolean(), "Tell the whole chain of certificates."),
      dns: optional(boolean(), "Tell the DNS names in the certificate."),
      uri: optional(boolean(), "Tell the URI in the certificate."),
    }),
    "Which parts of the client's certificate services are told.",
  ),
  suppress_envoy_headers: optional(boolean(), "Add no `x-envoy-*` headers to requests and answers.", { unset: false }),
  buffer_limit_bytes: optional(
    integer({ min: 1, max: uint32 }),
    "How much of a connection is buffered before the other side has to wait.",
    {
      unset: 1048576,
      example: 65536,
    },
  ),
  envoy_log_type: optional(
    enumOf("text", "json", "typed_json"),
    "Whether a line of the access log is text or JSON, with all values as text or not.",
    { unset: "text" },
  ),
  envoy_log_format: optional(variants(string(), map(anything())), "Line of the access log, or its JSON fields.", {
    example: "%REQ(:METHOD)% %RESPONSE_CODE%",
  }),
  envoy_log_path: optional(logPath, "Where the access log goes.", { unset: "/dev/fd/1", example: "/dev/stdout" }),
};

const probe = {
  enabled: optional(boolean(), "Whether there is the route; off where other keys are given without this one."),
  prefix: optional(string(), "What the path of the route begins with.", {
    example: "/healthz",
    beside: { enabled: true },
  }),
  rewrite: optional(string(), "What takes the place of the prefix.", {
    example: "/ambassador/v0/check_alive",
    beside: { enabled: true },
  }),
  service: optional(string(), "Service that answers.", { example: "127.0.0.1:8877", beside: { enabled: true } }),
};

const filters = {
  enable_grpc_http11_bridge: optional(boolean(), "Let HTTP/1.1 clients make gRPC calls.", { unset: false }),
  enable_grpc_web: optional(boolean(), "Let gRPC-Web clients make gRPC calls.", { unset: false }),
  grpc_stats: optional(
    object({
      all_methods: optional(boolean(), "Count each method by itself, whatever clients call."),
      services: optional(
        list(
          object({
            name: optional(string(), "Full name of the service.", { example: "shop.Shop" }),
            method_names: optional(list(string()), "Names of its methods.", {
              example: ["Buy"],
              beside: { name: "shop.Shop" },
            }),
          }),
        ),
        "Count the methods of these services by themselves.",
        { example: [{ name: "shop.Shop", method_names: ["Buy"] }] },
      ),
      upstream_stats: optional(boolean(), "Measure how long services take to answer."),
    }),
    "Which gRPC calls are counted in Envoy's statistics.",
  ),
  lua_scripts: optional(
    string(),
    "Lua whose `envoy_on_request` and `envoy_on_response` see every request and answer.",
    {
      example: "function envoy_on_request(h) h:headers():add('x-a', '1') end",
    },
  ),
  gzip: optional(
    object({
      memory_level: optional(integer({ min: 1, max: 9 }), "How much memory compression may take.", { example: 5 }),
      min_content_length: optional(integer({ min: 0, max: uint32 }), "Smallest body that is compressed.", {
        example: 1024,
      }),
      compression_level: optional(variants(string(), integer()), "How hard: `BEST`, `SPEED`, `DEFAULT` or 1 to 9.", {
        example: "BEST",
      }),
      compression_strategy: optional(variants(string(), integer()), "How: `DEFAULT`, `FILTERED`, `HUFFMAN` or `RLE`.", {
        example: "FILTERED",
      }),
      window_bits: optional(
        integer({ min: 9, max: 15 }),
        "How far back repetitions are looked for, as a power of two.",
        { example: 12 },
      ),
      content_type: optional(list(string()), "Content types that are compressed.", { example: ["application/json"] }),
      disable_on_etag_header: optional(boolean(), "Leave answers with an etag alone."),
      remove_accept_encoding_header: optional(boolean(), "Hide `accept-encoding` from services."),
    }),
    "Compress answers for clients that accept it.",
  ),
  buffer: optional(
    object({
      max_request_bytes: optional(
        integer({ min: 1, max: uint32 }),
        "Largest request that is buffered; there is no buffering without one.",
        { example: 16384 },
      ),
      max_request_time: optional(anything(), "Once, a time limit.", {
        ...ignored("Envoy no longer has such a limit"),
        example: 5000,
      }),
    }),
    "Hold requests back until all of their body is there.",
  ),
  // Judged entry by entry by their policy, because a wrong entry must not open the door to everybody.
  ip_allow: optional(
    anything(),
    "Addresses that may send requests: a list of `peer: RANGE` (address of the connection) or `remote: RANGE` (of the client).",
    { example: [{ remote: "10.0.0.0/8" }] },
  ),
  ip_deny: optional(anything(), "Addresses that may not, in the same form; of both, `ip_allow` counts.", {
    example: [{ peer: "192.0.2.7" }],
  }),
};

const limit = integer({ min: 1, max: uint32 });

const runtimeFlags = {
  "http.max_requests_per_io_cycle": optional(limit, "How many requests of a connection are begun in one turn.", {
    example: 1,
  }),
  "overload.premature_reset_min_stream_lifetime_seconds": optional(
    limit,
    "A request that is reset before this age counts as reset too early.",
    { unset: 1, example: 2 },
  ),
  "overload.premature_reset_total_stream_count": optional(
    limit,
    "After how many requests a connection is closed if most were reset too early.",
    { unset: 500, example: 100 },
  ),
  "envoy.restart_features.send_goaway_for_premature_rst_streams": optional(
    boolean(),
    "Once, whether clients are told before that.",
    { ...ignored("Envoy has no such flag any more"), example: true },
  ),
};

const instance = {
  diagnostics: optional(
    object({
      ...probe,
      allow_non_local: optional(boolean(), "Show it to clients on other machines, too.", { beside: { enabled: true } }),
    }),
    "The route of the diagnostics, `/ambassador/v0/`, in the place of its defaults.",
  ),
  liveness_probe: optional(
    object(probe),
    "The liveness probe's route, `/ambassador/v0/check_alive`, in the place of its defaults.",
  ),
  readiness_probe: optional(
    object(probe),
    "The readiness probe's route, `/ambassador/v0/check_ready`, in the place of its defaults.",
  ),
  admin_port: optional(integer({ min: 1, max: 65535 }), "Port of Envoy's admin interface.", {
    unset: 8001,
    ...ignored("Envoy's admin interface is on a unix socket"),
    example: 8002,
  }),
  envoy_validation_timeout: optional(anything(), "Seconds that checking a configuration may take.", {
    ...ignored("resources are checked one by one, without a time limit"),
    example: 30,
  }),
  runtime_flags: optional(object(runtimeFlags), "Limits of Envoy's against clients that send or reset too much.", {
    example: { "http.max_requests_per_io_cycle": 1 },
  }),
  statsd: optional(anything(), "Once, where statistics go.", {
    ...ignored("STATSD_ENABLED and its like decide that"),
    example: { enabled: true },
  }),
  tls: optional(map(anything()), "TLS settings in the form of the Module `tls`, in place of it. Deprecated.", {
    example: { server: { secret: "shop-cert" } },
  }),
};

/** All settings. */
export const moduleConfigSchema = object({ ...routing, ...connections, ...filters, ...instance });

export type ModuleConfig = Static<typeof moduleConfigSchema>;
