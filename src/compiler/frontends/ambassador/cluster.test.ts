/** What service strings and the settings beside them become, and which objects share an upstream. */
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { collection, index, reads } from "../../../../test/reads.ts";
import type { ClusterDecl } from "../../ir/cluster.ts";
import { consulKey } from "../../ir/consul.ts";
import { defaultSettings } from "../../settings.ts";
import { lowerUpstream, type UpstreamFields } from "./cluster.ts";
import { lowerRouteDefaults, type RouteDefaults } from "./defaults.ts";
import type { ResolverDecl } from "./resolver.ts";
import { looksLikeService, serviceNamed } from "./service.ts";
import type { ContextDecl } from "./tls.ts";

const context: ContextDecl = {
  ref: { group: "getambassador.io", kind: "TLSContext", namespace: "other", name: "ctx" },
  hosts: [],
  policy: { requireClientCertificate: false, minVersion: "v1.3" },
  sni: "a.test",
};
const lookup = {
  contexts: collection({ "other/ctx": context }),
  byName: index({ ctx: [context], broken: [{ ...context, broken: true as const }] }),
  settings: collection({ "": { ...defaultSettings, namespace: "gateway" } }),
  resolvers: index<ResolverDecl>({
    mine: [{ name: "mine", namespace: "shop", kind: "endpoint" }],
    remote: [
      { name: "remote", namespace: "shop", kind: "consul", agent: "http://consul.test:8500", datacenter: "dc2" },
    ],
  }),
};
const noDefaults = lowerRouteDefaults({});

function lower(fields: UpstreamFields, defaults: Partial<RouteDefaults> = {}, namespace = "shop") {
  const ref = { group: "getambassador.io", kind: "Mapping", namespace, name: "m" };
  const around = { lookup, defaults: { ...noDefaults, ...defaults }, origin: { ref, path: "" }, reads };
  const { value, diagnostics } = lowerUpstream(fields, around);
  return { value, found: diagnostics.map(({ code, at }) => `${code} ${at.path}`) };
}

function targetOf(value: ClusterDecl | undefined): string {
  if (!value) return "none";
  const { host, port, service, consul } = value;
  if (consul) return consulKey(consul);
  return `${host}:${port}${service ? ` ${service.namespace}/${service.name}` : ""}${service?.lenient ? " lenient" : ""}`;
}

test("where a service string leads", () => {
  const rows: readonly (readonly [UpstreamFields, string, ...string[]])[] = [
    [{ service: "cart" }, "cart.shop:80 shop/cart"],
    [{ service: "cart:8080" }, "cart.shop:8080 shop/cart"],
    [{ service: "cart.other" }, "cart.other:80 other/cart"],
    [{ service: "cart.other.svc.cluster.local" }, "cart.other.svc.cluster.local:80 other/cart"],
    [{ service: "a.example.com" }, "a.example.com:80"],
    [{ service: "https://cart" }, "cart.shop:443 shop/cart"],
    [{ service: "cart", tls: "ctx" }, "cart.shop:443 shop/cart", "compat/context-settings .spec.tls"],
    [{ service: "10.0.0.1:81" }, "10.0.0.1:81"],
    [{ service: "[::1]:81" }, "::1:81"],
    [{ service: "localhost:81" }, "localhost:81"],
    [{ service: "cart", resolver: "kubernetes-endpoint" }, "cart.shop:80 shop/cart lenient"],
    [{ service: "cart", resolver: "endpoint" }, "cart.shop:80 shop/cart lenient"],
    [{ service: "cart", resolver: "mine" }, "cart.shop:80 shop/cart lenient"],
    [{ service: "cart", resolver: "remote" }, "consul:http://consul.test:8500/dc2/cart"],
    [{ service: "cart", resolver: "consul" }, "consul:http://127.0.0.1:8500/dc1/cart"],
    [{ service: "cart", resolver: "consul-endpoint" }, "consul:http://127.0.0.1:8500/dc1/cart"],
    [
      { service: "cart:8080", resolver: "consul" },
      "consul:http://127.0.0.1:8500/dc1/cart",
      "resolver/port-ignored .spec.service",
    ],
    [{ service: "cart.shop", resolver: "consul" }, "none", "resolver/dotted-name .spec.service"],
    [{ service: "10.0.0.1:81", resolver: "consul" }, "10.0.0.1:81"],
    [{ service: "cart", resolver: "constructor" }, "none", "service/unknown-resolver .spec.resolver"],
    [{ service: "cart", tls: "nobody" }, "cart.shop:443 shop/cart", "tls/unknown-context .spec.tls"],
    [{ service: "cart", tls: "broken" }, "none", "tls/broken-context .spec.tls"],
    [
      { service: "http://cart", tls: "ctx" },
      "cart.shop:443 shop/cart",
      "compat/context-settings .spec.tls",
      "service/http-with-tls .spec.service",
    ],
    [{ service: "grpc://cart" }, "cart.shop:80 shop/cart", "service/unknown-scheme .spec.service"],
    [{ service: "cart/v1" }, "cart.shop:80 shop/cart", "service/ignored-part .spec.service"],
    [{ service: "u:p@cart" }, "cart.shop:80 shop/cart", "service/ignored-part .spec.service"],
    [
      { service: "cart", enable_ipv4: false, enable_ipv6: false },
      "cart.shop:80 shop/cart",
      "service/no-address-family .spec.enable_ipv4",
    ],
  ];
  for (const [fields, target, ...problems] of rows) {
    const { value, found } = lower(fields);
    deepEqual([targetOf(value), ...found], [target, ...problems], JSON.stringify(fields));
  }
});

test("TLS is never less than asked for", () => {
  equal(lower({ service: "cart" }).value?.policy.tls, undefined);
  deepEqual(lower({ service: "https://cart" }).value?.policy.tls, {});
  deepEqual(lower({ service: "cart", tls: "nobody" }).value?.policy.tls, {});
  deepEqual(lower({ service: "cart", tls: "ctx" }).value?.policy.tls, { sni: "a.test", minVersion: "v1.3" });
});

test("the instance's own namespace, where the Module says so", () => {
  equal(
    targetOf(lower({ service: "cart" }, { ambassadorNamespaceForServices: true }).value),
    "cart.gateway:80 gateway/cart",
  );
});

test("address families", () => {
  const family = (enable_ipv4?: boolean, enable_ipv6?: boolean): string | undefined =>
    lower({ service: "a.example.com", enable_ipv4, enable_ipv6 }).value?.policy.dnsFamily;
  deepEqual(
    [family(), family(true, true), family(false, true), family(true), family(undefined, true)],
    ["v4", "auto", "v6", "v4", "auto"],
  );
});

test("objects that want the same share a cluster, others never do", () => {
  const name = (fields: Partial<UpstreamFields>, namespace?: string): string | undefined =>
    lower({ service: "cart.shop", ...fields }, {}, namespace).value?.name;
  equal(name({}), name({}, "other"));
  equal(name({ service: "CART.shop" }), name({}));
  const others: readonly Partial<UpstreamFields>[] = [
    { service: "cart.other" },
    { service: "cart.shop:81" },
    { service: "https://cart.shop:80" },
    { tls: "ctx", service: "cart.shop:80" },
    { resolver: "endpoint" },
    { connect_timeout_ms: 1 },
    { cluster_idle_timeout_ms: 1 },
    { cluster_max_connection_lifetime_ms: 1 },
    { cluster_tag: "x" },
    { stats_name: "x" },
    { grpc: true },
    { dns_type: "logical_dns" },
    { respect_dns_ttl: true },
    { enable_ipv6: true },
  ];
  const names = [{}, ...others].map((fields) => name(fields));
  equal(new Set(names).size, names.length);
  notEqual(name({ service: "cart" }, "a"), name({ service: "cart" }, "b"));
});

test("the name that dashboards know", () => {
  const statName = (service: string): string | undefined => lower({ service }).value?.policy.statName;
  deepEqual(["bar:9000", "https://bar", "bar.shop"].map(statName), ["bar_9000", "bar", "bar_shop"]);
  equal(lower({ service: "bar", stats_name: "mine" }).value?.policy.statName, "mine");
});

test("names that may stand for Services", () => {
  const rows: readonly (readonly [string, string | undefined, boolean])[] = [
    ["cart", "default/cart", true],
    ["cart.shop", "shop/cart", false],
    ["cart.shop.svc", "shop/cart", true],
    ["cart.shop.svc.cluster.local", "shop/cart", true],
    ["www.example.com", undefined, false],
    ["localhost", undefined, true],
    ["10.0.0.1", undefined, false],
    ["::1", undefined, true],
    [".shop", undefined, false],
    ["cart.", undefined, false],
  ];
  for (const [host, service, likely] of rows) {
    const named = serviceNamed(host, "default");
    equal(named && `${named.namespace}/${named.name}`, service, host);
    if (named) equal(looksLikeService(host), likely, host);
  }
});
