import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { FilterConfigSchema } from "#gen/envoy/extensions/filters/http/grpc_stats/v3/config_pb.js";
import type { ModuleConfig } from "../../api/index.ts";
import { grpcStats } from "./grpc-stats.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

function compile(grpc_stats: NonNullable<ModuleConfig["grpc_stats"]>) {
  const { value, diagnostics } = grpcStats.lower({ grpc_stats }, at);
  assert.ok(value);
  const { perMethodStatSpecifier: which } = fromBinary(FilterConfigSchema, grpcStats.emit(value).value);
  const services = which.case === "individualMethodStatsAllowlist" ? which.value.services.map(({ name }) => name) : [];
  const all = which.case === "statsForAllMethods" ? which.value.value : undefined;
  return { all, services, codes: diagnostics.map(({ code }) => code) };
}

test("an empty setting counts calls without names", () => {
  assert.deepEqual(compile({}), { all: false, services: [], codes: [] });
  assert.deepEqual(compile({ all_methods: true }), { all: true, services: [], codes: [] });
});

test("services win over all methods, and each needs a name and methods", () => {
  const buy = { name: "shop.Shop", method_names: ["Buy"] };
  assert.deepEqual(compile({ all_methods: true, services: [buy, { name: "x" }, { method_names: ["y"] }] }), {
    all: undefined,
    services: ["shop.Shop"],
    codes: ["grpc-stats/two-selections", "grpc-stats/incomplete-service", "grpc-stats/incomplete-service"],
  });
});
