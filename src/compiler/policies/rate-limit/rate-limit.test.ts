import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import {
  RateLimitPerRouteSchema,
  RateLimitSchema,
} from "#gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.js";
import type { MappingSpec, RateLimitServiceSpec } from "../../api/index.ts";
import type { ClusterDecl, ClusterName } from "../../ir/cluster.ts";
import type { InstanceLabels } from "../policy.ts";
import { emitRateLimit, emitRouteLimits } from "./emit.ts";
import { lowerRouteLimits } from "./labels.ts";
import { lowerRateLimit } from "./lower.ts";

const at = { ref: { group: "getambassador.io", kind: "Mapping", namespace: "a", name: "b" }, path: "" };
const instance: InstanceLabels = { domain: "d", common: [{ generic_key: { key: "k", value: "all" } }], alone: false };

function counted(labels: MappingSpec["labels"], of: InstanceLabels | undefined): unknown {
  const spec = { prefix: "/", service: "a", ...(labels ? { labels } : {}) };
  const { value, diagnostics } = lowerRouteLimits(spec, at, of ? { labels: of } : {});
  const limits = value && fromBinary(RateLimitPerRouteSchema, emitRouteLimits(value).value).rateLimits;
  const kinds = limits?.map(({ actions }) => actions.map(({ actionSpecifier }) => actionSpecifier.case));
  return [kinds, diagnostics.map(({ code }) => code)];
}

test("the labels of the service's domain are counted, and the others are told", () => {
  const group = { g: [{ remote_address: { key: "remote_address" } }] } as const;
  assert.deepEqual(counted({ d: [group] }, instance), [[["genericKey", "remoteAddress"]], []]);
  assert.deepEqual(counted({ e: [group] }, instance), [undefined, ["rate-limit-service/other-domain"]]);
  assert.deepEqual(counted({ d: [group] }, undefined), [undefined, ["rate-limit-service/none"]]);
  assert.deepEqual(counted({ d: [{ ...group, h: [] }, {}] }, instance), [
    undefined,
    ["mapping/label-group", "mapping/label-group"],
  ]);
  assert.deepEqual(counted(undefined, instance), [undefined, []]);
  assert.deepEqual(counted(undefined, { ...instance, alone: true }), [[["genericKey"]], []]);
});

test("a service of the old protocol is not asked, another serves requests while it fails unless told not to", () => {
  const upstream = { name: "c" as ClusterName, host: "::1", port: 80 } as ClusterDecl;
  const lower = (spec: Partial<RateLimitServiceSpec>) => lowerRateLimit({ service: "a", ...spec }, "d", upstream, at);
  assert.deepEqual(
    lower({}).diagnostics.map(({ code }) => code),
    ["rate-limit-service/protocol-version"],
  );
  for (const failure_mode_deny of [undefined, true]) {
    const { value } = lower({ protocol_version: "v3", ...(failure_mode_deny ? { failure_mode_deny } : {}) });
    assert.ok(value);
    const filter = fromBinary(RateLimitSchema, emitRateLimit(value).value);
    assert.equal(filter.failureModeDeny, failure_mode_deny ?? false);
    assert.equal(filter.domain, "d");
  }
});
