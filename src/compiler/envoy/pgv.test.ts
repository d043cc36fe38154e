/** Real Envoy messages, good and bad, and that every rule in Envoy's API is one we know. */
import assert from "node:assert/strict";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { create, createRegistry, type DescFile, type DescMessage, type Message } from "@bufbuild/protobuf";
import { type Any, anyPack, DurationSchema } from "@bufbuild/protobuf/wkt";
import { ClusterSchema } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import { AddressSchema } from "#gen/envoy/config/core/v3/address_pb.js";
import { HeaderValueOptionSchema } from "#gen/envoy/config/core/v3/base_pb.js";
import { ClusterLoadAssignmentSchema } from "#gen/envoy/config/endpoint/v3/endpoint_pb.js";
import { ListenerSchema } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { RouteSchema, VirtualHostSchema } from "#gen/envoy/config/route/v3/route_components_pb.js";
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import { LuaPerRouteSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import { HttpConnectionManagerSchema } from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { ConfigSchema as OnDemandSchema } from "#gen/envoy/extensions/transport_sockets/tls/cert_selectors/on_demand_secret/v3/config_pb.js";
import { DownstreamTlsContextSchema } from "#gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";
import { BucketIdSchema } from "#gen/envoy/service/rate_limit_quota/v3/rlqs_pb.js";
import { HttpStatusSchema } from "#gen/envoy/type/v3/http_status_pb.js";
import { PercentSchema } from "#gen/envoy/type/v3/percent_pb.js";
import { TokenBucketSchema } from "#gen/envoy/type/v3/token_bucket_pb.js";
import { checkPgv } from "./pgv.ts";

const prefix = (value: string) => ({ pathSpecifier: { case: "prefix", value } }) as const;
const to = (cluster: string) =>
  ({ case: "route", value: { clusterSpecifier: { case: "cluster", value: cluster } } }) as const;
const seconds = (count: number, nanos = 0) => create(DurationSchema, { seconds: BigInt(count), nanos });
const socket = (address: string, port: number) =>
  ({ case: "socketAddress", value: { address, portSpecifier: { case: "portValue", value: port } } }) as const;

function problems(schema: DescMessage, message: Message, registry = createRegistry()): readonly string[] {
  return checkPgv(schema, message, registry).map((found) => `${found.path}: ${found.message}`);
}

const route = create(RouteSchema, {
  match: {
    ...prefix("/shop/"),
    headers: [{ name: "x-canary", headerMatchSpecifier: { case: "presentMatch", value: true } }],
  },
  action: to("cluster_shop"),
  requestHeadersToAdd: [{ header: { key: "x-a", value: "b\tc" } }],
});

const weighted = create(RouteSchema, {
  match: prefix("/"),
  action: {
    case: "route",
    value: { clusterSpecifier: { case: "weightedClusters", value: { clusters: [{ name: "a", weight: 1 }] } } },
  },
});

const good: readonly (readonly [name: string, DescMessage, Message])[] = [
  ["Route", RouteSchema, route],
  ["Route to weighted clusters", RouteSchema, weighted],
  [
    "VirtualHost",
    VirtualHostSchema,
    create(VirtualHostSchema, { name: "a", domains: ["*", "ä.example"], routes: [route] }),
  ],
  ["HttpStatus", HttpStatusSchema, create(HttpStatusSchema, { code: 404 })],
  ["Percent", PercentSchema, create(PercentSchema, { value: 100 })],
  ["Address", AddressSchema, create(AddressSchema, { address: socket("127.0.0.1", 65535) })],
  ["TokenBucket", TokenBucketSchema, create(TokenBucketSchema, { maxTokens: 1, fillInterval: seconds(0, 1) })],
  ["Cluster", ClusterSchema, create(ClusterSchema, { name: "a", connectTimeout: seconds(3) })],
];

for (const [name, schema, message] of good) {
  test(`a good ${name} passes`, () => assert.deepEqual(problems(schema, message), []));
}

const bad: readonly (readonly [name: string, DescMessage, Message, expected: readonly string[]])[] = [
  [
    "Route without match and action",
    RouteSchema,
    create(RouteSchema, {}),
    ["match: value is required", "action: value is required"],
  ],
  [
    "Route with an empty match",
    RouteSchema,
    create(RouteSchema, { match: {}, action: to("a") }),
    ["match.path_specifier: value is required"],
  ],
  [
    "Route to a cluster without name",
    RouteSchema,
    create(RouteSchema, { match: prefix("/"), action: to("") }),
    ["route.cluster: value length must be at least 1 characters"],
  ],
  [
    "Route with a bad header name far inside",
    RouteSchema,
    create(RouteSchema, { match: prefix("/"), action: to("a"), requestHeadersToRemove: ["ok", "line\nbreak", ""] }),
    [
      "request_headers_to_remove[1]: value must be a valid HTTP header name",
      "request_headers_to_remove[2]: value length must be at least 1 characters",
    ],
  ],
  [
    "RouteConfiguration whose virtual host has no domains",
    RouteConfigurationSchema,
    create(RouteConfigurationSchema, {
      virtualHosts: [
        { name: "a", domains: ["a"] },
        { name: "", domains: [] },
      ],
    }),
    [
      "virtual_hosts[1].name: value length must be at least 1 characters",
      "virtual_hosts[1].domains: value must contain at least 1 item(s)",
    ],
  ],
  [
    "HeaderValueOption with a line break in its value",
    HeaderValueOptionSchema,
    create(HeaderValueOptionSchema, { header: { key: "a", value: "b\r\nc: d" } }),
    ["header.value: value must be a valid HTTP header value"],
  ],
  [
    "HeaderValueOption with too long a key",
    HeaderValueOptionSchema,
    create(HeaderValueOptionSchema, { header: { key: "ä".repeat(8193), value: "b" } }),
    ["header.key: value length must be at most 16384 bytes"],
  ],
  [
    "HttpStatus that is none",
    HttpStatusSchema,
    create(HttpStatusSchema, { code: 0 }),
    ["code: value must not be in list [0]"],
  ],
  [
    "HttpStatus that is not defined",
    HttpStatusSchema,
    Object.assign(create(HttpStatusSchema), { code: 299 }),
    ["code: value must be one of the defined enum values"],
  ],
  [
    "Percent over 100",
    PercentSchema,
    create(PercentSchema, { value: 100.5 }),
    ["value: value must be greater than or equal to 0 and less than or equal to 100"],
  ],
  [
    "Address with a port beyond the last",
    AddressSchema,
    create(AddressSchema, { address: socket("", 65536) }),
    [
      "socket_address.address: value length must be at least 1 characters",
      "socket_address.port_value: value must be less than or equal to 65535",
    ],
  ],
  [
    "TokenBucket that never fills",
    TokenBucketSchema,
    create(TokenBucketSchema, { tokensPerFill: 0, fillInterval: seconds(0) }),
    [
      "max_tokens: value must be greater than 0",
      "tokens_per_fill: value must be greater than 0",
      "fill_interval: value must be greater than 0s",
    ],
  ],
  [
    "TokenBucket without interval",
    TokenBucketSchema,
    create(TokenBucketSchema, { maxTokens: 1 }),
    ["fill_interval: value is required"],
  ],
  [
    "Cluster with a negative timeout",
    ClusterSchema,
    create(ClusterSchema, { name: "a", connectTimeout: seconds(-1) }),
    ["connect_timeout: value must be greater than 0s"],
  ],
  [
    "ClusterLoadAssignment with an empty key",
    ClusterLoadAssignmentSchema,
    create(ClusterLoadAssignmentSchema, {
      clusterName: "a",
      endpoints: [{ priority: 129, lbEndpoints: [{ loadBalancingWeight: 0 }] }],
      namedEndpoints: { bad: { healthCheckConfig: { portValue: 70_000 } } },
    }),
    [
      "endpoints[0].lb_endpoints[0].load_balancing_weight: value must be greater than or equal to 1",
      "endpoints[0].priority: value must be less than or equal to 128",
      'named_endpoints["bad"].health_check_config.port_value: value must be less than or equal to 65535',
    ],
  ],
  [
    "BucketId without pairs",
    BucketIdSchema,
    create(BucketIdSchema, {}),
    ["bucket: value must contain at least 1 pair(s)"],
  ],
  [
    "BucketId with empty words",
    BucketIdSchema,
    create(BucketIdSchema, { bucket: { "": "a", b: "" } }),
    [
      'bucket[""]: value length must be at least 1 characters',
      'bucket["b"]: value length must be at least 1 characters',
    ],
  ],
  [
    "HttpConnectionManager without a stat prefix and routes",
    HttpConnectionManagerSchema,
    create(HttpConnectionManagerSchema, {}),
    ["stat_prefix: value length must be at least 1 characters", "route_specifier: value is required"],
  ],
  [
    "on-demand selector of our overlay without its parts",
    OnDemandSchema,
    create(OnDemandSchema, {}),
    ["config_source: value is required", "certificate_mapper: value is required"],
  ],
  [
    "DownstreamTlsContext with a session time-out of ages",
    DownstreamTlsContextSchema,
    create(DownstreamTlsContextSchema, { sessionTimeout: seconds(4294967296) }),
    ["session_timeout: value must be greater than or equal to 0s and less than 4294967296s"],
  ],
];

for (const [name, schema, message, expected] of bad) {
  test(`a ${name} is refused`, () => {
    const found = [...problems(schema, message)].sort();
    assert.deepEqual(found, [...expected].sort());
  });
}

test("a message inside Any is opened when its type is registered, and only then", () => {
  const lua: Any = anyPack(LuaPerRouteSchema, create(LuaPerRouteSchema, { override: { case: "name", value: "" } }));
  const message = create(RouteSchema, { match: prefix("/"), action: to("a"), typedPerFilterConfig: { lua } });
  assert.deepEqual(problems(RouteSchema, message), []);
  assert.deepEqual(problems(RouteSchema, message, createRegistry(LuaPerRouteSchema)), [
    'typed_per_filter_config["lua"].name: value length must be at least 1 characters',
  ]);
});

test("an Any that is not what it says is refused", () => {
  const broken: Any = { ...anyPack(LuaPerRouteSchema, create(LuaPerRouteSchema)), value: Uint8Array.of(0x12, 0x7f) };
  const message = create(ListenerSchema, {
    filterChains: [{ filters: [{ name: "a", configType: { case: "typedConfig", value: broken } }] }],
  });
  const [found = ""] = problems(ListenerSchema, message, createRegistry(LuaPerRouteSchema));
  assert.match(found, /^filter_chains\[0\]\.filters\[0\]\.typed_config\.value: value is not a envoy\..*LuaPerRoute: /);
});

test("every rule in Envoy's API is one we know", async () => {
  const root = join(import.meta.dirname, "..", "..", "gen");
  let messages = 0;
  const visit = (schema: DescMessage): void => {
    messages += 1;
    checkPgv(schema, create(schema));
    for (const nested of schema.nestedMessages) if (!nested.proto.options?.mapEntry) visit(nested);
  };
  for await (const path of glob("envoy/**/*_pb.js", { cwd: root })) {
    const exports: Record<string, unknown> = await import(join(root, path));
    const file = Object.values(exports).find(isFile);
    for (const schema of file?.messages ?? []) visit(schema);
  }
  assert.ok(messages > 1000, `only ${messages} messages were found`);
});

function isFile(value: unknown): value is DescFile {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "file";
}

test("a small route takes microseconds", () => {
  const rounds = 20_000;
  for (let round = 0; round < 2_000; round += 1) checkPgv(RouteSchema, route);
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round += 1) checkPgv(RouteSchema, route);
  const each = Number(process.hrtime.bigint() - start) / 1000 / rounds;
  // Ten times the target of 5 µs: this catches a lost cache, not a busy machine.
  assert.ok(each < 50, `${each.toFixed(1)} µs per route`);
});
