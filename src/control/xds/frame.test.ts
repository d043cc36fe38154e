/**
 * Framed responses are read back with the generated protobuf types.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { toBytes } from "#compiler";
import { ClusterSchema } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import { DeltaDiscoveryResponseSchema } from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { encodeResponse } from "./frame.ts";

test("a framed response is what protobuf makes of it", () => {
  const bytes = toBinary(ClusterSchema, create(ClusterSchema, { name: "shop/cart", altStatName: "é".repeat(300) }));
  const parts = [bytes.subarray(0, 5), bytes.subarray(5)].map(toBytes);
  const frame = encodeResponse({
    type: "cluster",
    nonce: "17",
    sequence: 17,
    resources: [
      { type: "cluster", name: "shop/cart", version: "v1", parts },
      { type: "cluster", name: "empty", version: "v2", parts: [] },
    ],
    removed: ["old", "öld"],
    since: 1,
    sentAt: 0,
  });
  const decoded = fromBinary(DeltaDiscoveryResponseSchema, frame);
  assert.equal(decoded.typeUrl, "type.googleapis.com/envoy.config.cluster.v3.Cluster");
  assert.equal(decoded.nonce, "17");
  assert.deepEqual(decoded.removedResources, ["old", "öld"]);
  assert.deepEqual(
    decoded.resources.map((r) => [r.name, r.version, r.resource?.typeUrl, r.resource?.value.length]),
    [
      ["shop/cart", "v1", decoded.typeUrl, bytes.length],
      ["empty", "v2", decoded.typeUrl, 0],
    ],
  );
  assert.deepEqual(Buffer.from(decoded.resources[0]?.resource?.value ?? []), Buffer.from(bytes));
});
