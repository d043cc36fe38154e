import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createRegistry, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { type Encoded, type ResourceType, toBytes, typeUrls } from "#compiler";
import { file_envoy_config_cluster_v3_cluster } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import { file_envoy_config_listener_v3_listener } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { file_envoy_config_route_v3_route } from "#gen/envoy/config/route/v3/route_pb.js";
import { file_envoy_extensions_filters_http_router_v3_router } from "#gen/envoy/extensions/filters/http/router/v3/router_pb.js";
import { file_envoy_extensions_filters_network_http_connection_manager_v3_http_connection_manager } from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { type AddressOf, send } from "./client.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";
import { judge } from "./judge.ts";
import { openMaterial } from "./material.ts";
import { openUpstreams, type Upstreams } from "./upstream.ts";

const registry = createRegistry(
  file_envoy_config_cluster_v3_cluster,
  file_envoy_config_listener_v3_listener,
  file_envoy_config_route_v3_route,
  file_envoy_extensions_filters_http_router_v3_router,
  file_envoy_extensions_filters_network_http_connection_manager_v3_http_connection_manager,
);
const ads = { ads: {}, resource_api_version: "V3" };
const material = openMaterial();
let envoy: TestEnvoy;
let upstreams: Upstreams;

before(async () => {
  envoy = await startEnvoy();
  upstreams = openUpstreams(material);
});
after(async () => {
  await envoy.close();
  await upstreams.close();
});

function encode(type: ResourceType, name: string, json: JsonValue): Encoded {
  const schema = registry.getMessage(typeUrls[type].replace("type.googleapis.com/", ""));
  assert.ok(schema);
  const bytes = toBinary(schema, fromJson(schema, json, { registry }));
  return { type, name, version: Buffer.from(bytes).toString("base64"), parts: [toBytes(bytes)] };
}

function listener(name: string, port: number): Encoded {
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: name,
    rds: { config_source: ads, route_config_name: `${name}-routes` },
    http_protocol_options: { accept_http_10: true },
    http_filters: [
      {
        name: "router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  return encode("listener", name, {
    name,
    address: { socket_address: { address: "127.0.0.1", port_value: port } },
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  });
}

function routes(name: string, cluster: string): Encoded {
  return encode("routes", name, {
    name,
    virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster } }] }],
  });
}

function cluster(name: string, port: number): Encoded {
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  return encode("cluster", name, {
    name,
    type: "STATIC",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  });
}

test("resources are served, then replaced, and every HTTP version passes", async () => {
  const first = await upstreams.open({ name: "first", kind: "http" });
  const second = await upstreams.open({ name: "second", kind: "http" });
  for (const [upstream, upstreamPort] of [
    ["first", first],
    ["second", second],
  ] as const) {
    const port = await freePort();
    const addressOf: AddressOf = (wanted) => (wanted === 8080 ? { host: "127.0.0.1", port } : undefined);
    await envoy.serve([listener("l", port), routes("l-routes", "c"), cluster("c", upstreamPort)]);
    for (const http of ["1.0", "1.1", "2"] as const) {
      upstreams.take();
      const seen = await send(
        { url: "http://a.test/Mixed//case?q", http, headers: { "X-Sent": "yes" }, body: "hi" },
        addressOf,
        material,
      );
      const expect = {
        status: 200,
        body: `${upstream} ${http === "1.0" ? "GET" : "POST"} /Mixed//case?q`,
        headers: { server: "envoy", "x-none": null },
        upstream: {
          name: upstream,
          path: "/Mixed//case?q",
          headers: { "x-sent": "yes", host: "a.test" },
          body: "hi",
          tls: null,
        },
      };
      assert.deepEqual(judge(expect, [seen], upstreams.take()), []);
    }
  }
});

test("a refusal is an error in Envoy's words, and the next case is served", async () => {
  const port = await freePort();
  const broken = listener("broken", port);
  await assert.rejects(envoy.serve([broken, listener("same-port", port), routes("broken-routes", "none")]), {
    name: "Refused",
    message: /same-port.*duplicate address|broken.*duplicate address/s,
  });
  const upstreamPort = await upstreams.open({ name: "first", kind: "http" });
  await envoy.serve([listener("l", port), routes("l-routes", "c"), cluster("c", upstreamPort)]);
  const seen = await send({ url: "http://a.test/" }, () => ({ host: "127.0.0.1", port }), material);
  assert.equal(seen.status, 200);
});

test("the judge notices every kind of difference", () => {
  const seen = { status: 200, headers: [["server", "envoy"]] as const, body: "x" };
  const receipt = { upstream: "a", method: "GET", path: "/", headers: [], body: "" };
  const cases = [
    [{ status: 404 }, "status is 200 instead of 404"],
    [{ headers: { server: null } }, 'header server is "envoy" instead of absent'],
    [{ headers: { Server: "envoy" } }, 'header Server is absent instead of "envoy"'],
    [{ body: "/^y/" }, 'body is "x" instead of "/^y/"'],
    [{ error: "ECONNRESET" }, 'error is absent instead of "ECONNRESET"'],
    [{ upstream: null }, "upstream a was reached"],
    [{ upstream: { path: "/b" } }, 'upstream path is "/" instead of "/b"'],
    [
      { upstream: { tls: { sni: "b", alpn: null, version: null, clientCertificate: null } } },
      'upstream TLS sni is absent instead of "b"',
    ],
    [{ attempts: 2 }, "upstreams received 1 requests instead of 2"],
    [{ distribution: { b: "1..2" } }, "upstream b received 0 requests instead of 1..2"],
  ] as const;
  for (const [expect, difference] of cases) {
    assert.equal(judge(expect, [seen], [receipt])[0], difference);
  }
  assert.deepEqual(
    judge(
      { status: 200, headers: { server: "/^env/" }, upstream: { name: "a" }, distribution: { a: 1 } },
      [seen],
      [receipt],
    ),
    [],
  );
  assert.deepEqual(judge({ status: 200 }, [{ headers: [], body: "", error: "ECONNRESET" }], []), [
    "the request failed: ECONNRESET",
  ]);
});
