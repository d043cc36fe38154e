/** JSON to bytes and back through the registry, with messages inside Any, and what a mistake in the JSON is told. */
import assert from "node:assert/strict";
import test from "node:test";
import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { BootstrapSchema } from "#gen/envoy/config/bootstrap/v3/bootstrap_pb.js";
import { file_envoy_config_listener_v3_listener } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { checkPgv } from "./pgv.ts";
import { envoyRegistry as registry } from "./registry.ts";

const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`;

function bootstrap(connectionManager: JsonValue): JsonValue {
  const filters = [
    {
      name: "hcm",
      typedConfig: {
        "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
        statPrefix: "in",
        routeConfig: { name: "r", virtualHosts: [{ name: "all", domains: ["*"] }] },
        httpFilters: [{ name: "router", typedConfig: { "@type": type("filters.http.router.v3.Router") } }],
        ...(connectionManager as object),
      },
    },
  ];
  const address = { socketAddress: { address: "127.0.0.1", portValue: 8080 } };
  const selector = {
    name: "on-demand",
    typedConfig: {
      "@type": type("transport_sockets.tls.cert_selectors.on_demand_secret.v3.Config"),
      configSource: { ads: {}, resourceApiVersion: "V3" },
      certificateMapper: {
        name: "sni",
        typedConfig: { "@type": type("transport_sockets.tls.cert_mappers.sni.v3.SNI"), defaultValue: "*" },
      },
    },
  };
  const transportSocket = {
    name: "tls",
    typedConfig: {
      "@type": type("transport_sockets.tls.v3.DownstreamTlsContext"),
      commonTlsContext: { customTlsCertificateSelector: selector },
    },
  };
  return { staticResources: { listeners: [{ name: "in", address, filterChains: [{ filters, transportSocket }] }] } };
}

test("a bootstrap with messages in Any, two deep, survives JSON to bytes to JSON", () => {
  const json = bootstrap({});
  const bytes = toBinary(BootstrapSchema, fromJson(BootstrapSchema, json, { registry }));
  const back = fromBinary(BootstrapSchema, bytes);
  assert.deepEqual(toJson(BootstrapSchema, back, { registry }), json);
  assert.deepEqual(checkPgv(BootstrapSchema, back, registry), []);
});

test("a breach inside an Any is found at its path", () => {
  const message = fromJson(BootstrapSchema, bootstrap({ statPrefix: "" }), { registry });
  assert.deepEqual(
    checkPgv(BootstrapSchema, message, registry).map((found) => found.path),
    ["static_resources.listeners[0].filter_chains[0].filters[0].typed_config.stat_prefix"],
  );
});

test("a field that does not exist is named together with its message", () => {
  const read = () => fromJson(BootstrapSchema, bootstrap({ http_filterz: [] }), { registry });
  assert.throws(read, /HttpConnectionManager.*"http_filterz" is unknown/);
});

test("a type outside the list is named", () => {
  const read = () =>
    fromJson(
      BootstrapSchema,
      bootstrap({ xffNumTrustedHops: 1, accessLog: [{ name: "x", typedConfig: { "@type": type("x.v3.X") } }] }),
      { registry },
    );
  assert.throws(read, /envoy\.extensions\.x\.v3\.X.*not in the type registry/);
});

test("generated files know their dependencies although they are described without them", () => {
  const names = file_envoy_config_listener_v3_listener.dependencies.map((file) => file.name);
  assert.ok(names.includes("envoy/config/core/v3/address"));
  const address = file_envoy_config_listener_v3_listener.dependencies.find((file) => file.name.endsWith("v3/address"));
  assert.ok((address?.dependencies.length ?? 0) > 0);
});
