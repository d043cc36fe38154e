import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { collection, index, reads } from "../../../test/reads.ts";
import type { ClusterDecl, ClusterName, ConnectionPolicy, ServicePort } from "../ir/cluster.ts";
import type { ServiceFacts } from "../ir/service.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import { linkCluster } from "./clusters.ts";

const policy: ConnectionPolicy = {
  connectTimeoutMs: 3000,
  http2: false,
  dnsFamily: "v4",
  dnsType: "strict_dns",
  respectDnsTtl: false,
};

const services: Readonly<Record<string, ServiceFacts>> = {
  "shop/cart": { ports: [{ name: "http", port: 80, targetPort: 8080 }], clusterIp: "10.0.0.7" },
  "shop/several": {
    ports: [
      { name: "a", port: 80 },
      { name: "b", port: 81 },
    ],
  },
  "shop/outside": { ports: [], externalName: "cart.example" },
  "shop/none": { ports: [] },
};

function decl(host: string, port: number, service?: Partial<ServicePort>): ClusterDecl {
  const ref = { group: "getambassador.io", kind: "Mapping", namespace: "shop", name: "m" };
  const own = { namespace: "shop", name: host, port, lenient: false, likely: true, ...service };
  return {
    name: "c" as ClusterName,
    origin: { ref, path: ".spec.service" },
    host,
    port,
    ...(service ? { service: own } : {}),
    policy,
  };
}

function link(of: ClusterDecl, settings: Partial<Settings> = {}): readonly unknown[] {
  const lookup = {
    services: collection(services),
    byNamespace: index({ shop: [1] }),
    settings: collection({ "": { ...defaultSettings, ...settings } }),
  };
  const { out, diagnostics = [] } = linkCluster(lookup)([of], reads);
  const [first] = [...out];
  const { service: _, ...target } = { service: undefined, ...first?.[1].target };
  return [target, ...diagnostics.map(({ code }) => code)];
}

test("where an upstream's addresses come from", () => {
  const rows: readonly (readonly [ClusterDecl, readonly unknown[]])[] = [
    [decl("cart", 80, {}), [{ kind: "endpoints", endpoints: "shop/cart:80" }]],
    [decl("cart", 80, { lenient: true }), [{ kind: "endpoints", endpoints: "shop/cart:80/any" }]],
    [decl("cart", 8080, {}), [{ kind: "endpoints", endpoints: "shop/cart:8080" }, "service/no-such-port"]],
    [decl("cart", 8080, { lenient: true }), [{ kind: "endpoints", endpoints: "shop/cart:8080/any" }]],
    [decl("cart", 1, { lenient: true }), [{ kind: "endpoints", endpoints: "shop/cart:1/any" }]],
    [
      decl("several", 1, { lenient: true }),
      [{ kind: "endpoints", endpoints: "shop/several:1/any" }, "service/no-such-port"],
    ],
    [decl("none", 80, {}), [{ kind: "endpoints", endpoints: "shop/none:80" }, "service/no-such-port"]],
    [decl("outside", 443, {}), [{ kind: "dns", host: "cart.example", port: 443 }]],
    [decl("nobody", 80, {}), [{ kind: "dns", host: "nobody", port: 80 }, "service/unknown"]],
    [decl("a.example", 80), [{ kind: "dns", host: "a.example", port: 80 }]],
    [decl("10.1.2.3", 80), [{ kind: "address", address: "10.1.2.3", port: 80 }]],
    [decl("::1", 80), [{ kind: "address", address: "::1", port: 80 }]],
  ];
  for (const [of, expected] of rows) deepEqual(link(of), expected, `${of.host}:${of.port}`);
});

test("the operator's words come first", () => {
  const resolve = { "cart.shop:80": "127.0.0.1:9001", "a.example:80": "[::1]:9002" };
  deepEqual(link(decl("cart", 80, {}), { resolve }), [{ kind: "address", address: "127.0.0.1", port: 9001 }]);
  deepEqual(link(decl("a.example", 80), { resolve }), [{ kind: "address", address: "::1", port: 9002 }]);
  const clusterIp = [{ kind: "address", address: "10.0.0.7", port: 80 }];
  deepEqual(link(decl("cart", 80, {}), { disableEndpoints: true }), clusterIp);
});

test("no declaration, no cluster", () => {
  const lookup = { services: collection<ServiceFacts>(), byNamespace: index(), settings: collection<Settings>() };
  equal([...linkCluster(lookup)([], reads).out].length, 0);
});
