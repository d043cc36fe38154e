/** Series of clusters, bounded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClusterLimit } from "./cluster-limit.ts";

const page = (counts: Readonly<Record<string, number>>): string =>
  [
    "# TYPE envoy_cluster_upstream_rq_total counter",
    ...Object.entries(counts).map(
      ([name, count]) => `envoy_cluster_upstream_rq_total{envoy_cluster_name="${name}"} ${count}`,
    ),
    "",
    "# TYPE envoy_cluster_upstream_rq counter",
    ...Object.entries(counts).flatMap(([name, count]) => [
      `envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="${name}"} ${count - 1}`,
      `envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="${name}"} 1`,
    ]),
    "# TYPE envoy_server_live gauge",
    "envoy_server_live{} 1",
    "",
  ].join("\n");

test("the busiest keep their series, the sum of the others stands in their place", async () => {
  const limit = createClusterLimit(2);
  assert.equal(
    await limit(page({ a: 1, b: 30, c: 2, d: 20 })),
    [
      "# TYPE envoy_cluster_upstream_rq_total counter",
      'envoy_cluster_upstream_rq_total{envoy_cluster_name="b"} 30',
      'envoy_cluster_upstream_rq_total{envoy_cluster_name="d"} 20',
      'envoy_cluster_upstream_rq_total{envoy_cluster_name="other"} 3',
      "",
      "# TYPE envoy_cluster_upstream_rq counter",
      'envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="b"} 29',
      'envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="b"} 1',
      'envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="d"} 19',
      'envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="d"} 1',
      'envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="other"} 1',
      'envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="other"} 2',
      "# TYPE envoy_server_live gauge",
      "envoy_server_live{} 1",
      "",
    ].join("\n"),
  );
});

test("a place is kept until the cluster is gone", async () => {
  const limit = createClusterLimit(1);
  const own = async (counts: Readonly<Record<string, number>>) =>
    /rq_total\{envoy_cluster_name="(?!other)(.*)"/.exec(await limit(page(counts)))?.[1];
  assert.equal(await own({ a: 5, b: 4 }), "a");
  assert.equal(await own({ a: 5, b: 400 }), "a");
  assert.equal(await own({ b: 400, c: 500 }), "c");
});
