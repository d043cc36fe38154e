/** The Modules: `ambassador` with settings of every kind, and `tls` as it once was. */
import fc, { type Arbitrary } from "fast-check";
import { moduleConfigSchema } from "../../src/compiler/api/ambassador/module-config.ts";
import { type Manifest, resource } from "./manifest.ts";
import { upstreamValues } from "./mapping-values.ts";
import { moreFields, type Values } from "./more-fields.ts";

const anAddress = fc.constantFrom(
  [{ peer: "127.0.0.0/8" }],
  [{ remote: "127.0.0.1" }],
  [{ peer: "10.0.0.0/8" }],
  [{ remote: "203.0.113.0/24" }, { peer: "nobody" }],
  [{ peer: "::1" }, { remote: "0.0.0.0/0" }],
  [],
);
const probe = fc.constantFrom<unknown>(
  { enabled: true },
  { enabled: false },
  { enabled: true, prefix: "/a/", rewrite: "/b", service: "127.0.0.1:1" },
  { prefix: "/health" },
);

const configValues: Values = {
  ...upstreamValues,
  cors: fc.constantFrom<unknown>({ origins: ["http://b.test"] }, { origins: ["*"], methods: ["GET"] }),
  defaults: fc.constantFrom<unknown>(
    { httpmapping: { add_request_headers: { d: { value: "1" } }, remove_response_headers: ["server"] } },
    { add_response_headers: { d: { value: "1" } }, tls_secret_namespacing: false, stats_name: "all" },
  ),
  default_label_domain: fc.constantFrom("ambassador", "other"),
  cluster_request_timeout_ms: fc.constantFrom(30_000, 60_000),
  resolver: fc.constantFrom("endpoint", "kubernetes-service", "nobody"),
  xff_num_trusted_hops: fc.constantFrom(0, 1, 2),
  service_port: fc.constantFrom(8080, 8088),
  listener_idle_timeout_ms: fc.constantFrom(0, 60_000),
  max_request_headers_kb: fc.constantFrom(8, 60, 8192),
  buffer_limit_bytes: fc.constantFrom(65_536, 4_294_967_295),
  envoy_log_path: fc.constantFrom("/dev/null"),
  envoy_log_format: fc.constantFrom<unknown>("%PROTOCOL%\n", { path: "%REQ(:path)%" }, "%NOPE(%"),
  lua_scripts: fc.constantFrom("function envoy_on_request(handle) end", "function broken(", "local x = 1"),
  ip_allow: anAddress,
  ip_deny: anAddress,
  buffer: fc.constantFrom<unknown>({ max_request_bytes: 65_536 }, { max_request_bytes: 1 }, {}),
  diagnostics: probe,
  liveness_probe: probe,
  readiness_probe: probe,
  server_name: fc.constantFrom("shop", ""),
  tls: fc.constantFrom<unknown>(
    { server: { enabled: true, secret: "certificate" } },
    { server: { enabled: true, redirect_cleartext_from: 8080, alpn_protocols: "h2" }, client: { enabled: false } },
    { upstream: { hosts: ["a.test"], secret: "other" } },
  ),
};

const config = fc.array(moreFields(moduleConfigSchema, configValues), { minLength: 1, maxLength: 3 }).map((parts) => ({
  ...Object.fromEntries(parts.flatMap(({ hub }) => Object.entries(hub))),
}));

/** What changes how requests are seen comes often, because nearly everything depends on it. */
const often = fc.record(
  {
    merge_slashes: fc.boolean(),
    reject_requests_with_escaped_slashes: fc.boolean(),
    strip_matching_host_port: fc.boolean(),
    headers_with_underscores_action: fc.constantFrom("ALLOW", "DROP_HEADER", "REJECT_REQUEST"),
    x_forwarded_proto_redirect: fc.boolean(),
    use_proxy_proto: fc.constantFrom(false, false, true),
  },
  { requiredKeys: [] },
);

/** One Module, or two, or none. */
export const modules: Arbitrary<readonly Manifest[]> = fc
  .record({
    version: fc.constantFrom("v0", "v1", "v2", "v3alpha1"),
    config,
    often,
    tls: fc.constantFrom(false, false, false, false, false, true),
    isThere: fc.constantFrom(true, true, true, false),
  })
  .map(({ version, config, often, tls, isThere }) => [
    ...(isThere
      ? [resource("Module", version, "ambassador", { ambassador_id: ["default"], config: { ...often, ...config } })]
      : []),
    ...(tls ? [resource("Module", version, "tls", { config: oldTls })] : []),
  ]);

const oldTls = { server: { enabled: true, secret: "certificate" }, client: { enabled: true, secret: "clients" } };
