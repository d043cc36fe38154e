/**
 * Values for the fields that upstreams, Mappings and the Module share. They are such that a request which should reach
 * its upstream does: no limit of zero, no timeout that a busy machine might miss.
 */
import fc from "fast-check";
import type { Values } from "./more-fields.ts";

const flag = fc.boolean();
const longTime = fc.constantFrom(60_000, 3_600_000);
const enough = fc.constantFrom(0, 30_000, 60_000);
const names = fc.constantFrom(["x-one"], ["x-gone"], ["server"], []);
const added = fc.constantFrom<object>(
  { "x-added": { value: "1" } },
  { "x-one": { value: "%REQ(x-two)%", append: false }, "x-added": { value: "" } },
  { "x-added": { value: "%START_TIME%" } },
  { "": { value: "1" } },
);
const addedOld = fc.constantFrom<object>(
  { "x-added": "1", "x-more": true, "x-none": null },
  { "x-one": { value: "2", append: false } },
);

/** That an object is for this instance. */
export const ourId = {
  hub: fc.constantFrom(["default"], ["default", "other"]),
  old: fc.constantFrom<unknown>("default", ["default"], ["other", "default"]),
};

/** Fields of whatever has an upstream. */
export const upstreamValues = {
  tls: {
    hub: fc.constantFrom("origin", "origin", "nobody"),
    old: fc.constantFrom<unknown>("origin", true, false, null, ""),
  },
  v2ExplicitTLS: fc.constantFrom({}, { tls: "bool:true", serviceScheme: "http://" }, { tls: "string" }),
  resolver: fc.constantFrom("endpoint", "kubernetes-service", "kubernetes-endpoint", "endpoint", "consul", "nobody"),
  connect_timeout_ms: enough.map((ms) => ms || 20_000),
  cluster_idle_timeout_ms: longTime,
  cluster_max_connection_lifetime_ms: longTime,
  cluster_tag: fc.constantFrom("blue", "green", ""),
  stats_name: fc.constantFrom("stats", "more.stats", ""),
  circuit_breakers: fc.constantFrom<unknown>(
    [{ max_requests: 10_000, max_connections: 10_000, max_pending_requests: 10_000, max_retries: 10 }],
    [{ priority: "high" }, { priority: "high", max_requests: 10_000 }],
    [],
    [{ priority: "default", max_retries: 4_294_967_295 }],
  ),
  keepalive: fc.constantFrom({ idle_time: 60 }, { time: 60, probes: 200 }, { interval: 0 }, {}),
  load_balancer: fc.constantFrom<unknown>(
    { policy: "round_robin" },
    { policy: "least_request" },
    { policy: "ring_hash", header: "x-one" },
    { policy: "maglev", cookie: { name: "a", ttl: "1m", path: "/" } },
    { policy: "ring_hash", cookie: { name: "a" } },
    { policy: "maglev", source_ip: true },
    { policy: "ring_hash" },
  ),
  health_checks: fc.constantFrom<unknown>(
    [{ health_check: { http: { path: "/" } } }],
    [
      {
        health_check: { http: { path: "/", hostname: "a", expected_statuses: [{ min: 200, max: 299 }] } },
        timeout: "9s",
      },
    ],
    [{ health_check: { grpc: { upstream_name: "a" } }, interval: "60s", unhealthy_threshold: 9 }],
    [{ health_check: { http: { path: "/", add_request_headers: { a: { value: "b" } } } } }],
  ),
  enable_ipv4: flag,
  enable_ipv6: flag,
  dns_type: fc.constantFrom("strict_dns", "logical_dns", "odd"),
  retry_policy: fc.constantFrom<unknown>(
    { retry_on: "5xx" },
    { retry_on: "gateway-error", num_retries: 2, per_try_timeout: "20s" },
    { retry_on: "retriable-status-codes" },
    { retry_on: "connect-failure", num_retries: 0 },
  ),
  add_request_headers: { hub: added, old: addedOld },
  add_response_headers: { hub: added, old: addedOld },
  remove_request_headers: names,
  remove_response_headers: names,
} as const satisfies Values;

const elsewhere = "elsewhere";

/** Fields of Mappings. */
export const mappingValues: Values = {
  ...upstreamValues,
  timeout_ms: enough,
  idle_timeout_ms: enough,
  cluster_idle_timeout_ms: longTime,
  priority: fc.constantFrom("default", "high", "urgent"),
  auth_service: fc.constantFrom("auth", "second", "nobody"),
  allow_upgrade: fc.constantFrom(["websocket"], ["spdy/3.1", "websocket"], []),
  cors: {
    hub: fc.constantFrom<unknown>(
      { origins: ["http://a.test"], methods: ["GET"], max_age: "60", credentials: true },
      { origins: ["*"], headers: ["x-one"], exposed_headers: ["x-two"] },
      {},
    ),
    old: fc.constantFrom<unknown>({ origins: "http://a.test,http://b.test", methods: "GET, PUT", max_age: 60 }, {}),
  },
  ...Object.fromEntries(
    [
      ..."ambassador_id prefix prefix_regex prefix_exact case_sensitive hostname host host_regex method".split(" "),
      ..."method_regex headers regex_headers query_parameters regex_query_parameters precedence v2BoolHeaders".split(
        " ",
      ),
      ..."v2BoolQueryParameters service weight shadow rewrite regex_rewrite host_rewrite auto_host_rewrite".split(" "),
      ..."host_redirect path_redirect prefix_redirect regex_redirect redirect_response_code".split(" "),
    ].map((name) => [name, elsewhere] as const),
  ),
};
