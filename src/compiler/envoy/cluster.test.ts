/** What a cluster waits for in Envoy, by which it is sent sooner or later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cluster, ClusterName, ConnectionPolicy } from "../ir/cluster.ts";
import type { HealthCheck } from "../ir/health-check.ts";
import { emitCluster } from "./cluster.ts";

const policy: ConnectionPolicy = {
  connectTimeoutMs: 3000,
  http2: false,
  dnsFamily: "v4",
  dnsType: "strict_dns",
  respectDnsTtl: false,
};
const service = { namespace: "shop", name: "cart", port: 80, lenient: false, likely: true };
const cluster: Cluster = {
  name: "shop/cart:80~0" as ClusterName,
  origin: { ref: { group: "getambassador.io", kind: "Mapping", namespace: "shop", name: "cart" }, path: "" },
  target: { kind: "endpoints", endpoints: "shop/cart:80", service },
  policy,
};
const healthCheck: HealthCheck = {
  probe: { kind: "grpc", service: "cart" },
  timeoutMs: 1000,
  intervalMs: 1000,
  unhealthyThreshold: 1,
  healthyThreshold: 1,
};

test("a cluster of endpoints waits for them alone", () => {
  const { slow, immediate } = emitCluster(cluster);
  assert.deepEqual([slow, immediate], [undefined, undefined]);
});

test("a cluster with health checks waits for endpoints to answer", () => {
  assert.equal(emitCluster({ ...cluster, policy: { ...policy, healthChecks: [healthCheck] } }).slow, true);
});

test("a cluster of one address waits for nothing", () => {
  const target = { kind: "address", address: "192.0.2.1", port: 80 } as const;
  assert.equal(emitCluster({ ...cluster, target }).immediate, true);
});
