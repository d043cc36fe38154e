import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { diagnose } from "#base/diagnostic.ts";
import { TypedExtensionConfigSchema } from "#gen/envoy/config/core/v3/extension_pb.js";
import { BufferSchema } from "#gen/envoy/extensions/filters/http/buffer/v3/buffer_pb.js";
import type { ModuleConfig } from "../api/index.ts";
import { pack } from "../envoy/bytes.ts";
import { openGraph } from "../graph/index.ts";
import { encodedBytes } from "../ir/encoded.ts";
import type { Route } from "../ir/route.ts";
import type { Policy } from "../policies/policy.ts";
import type { Settings } from "../settings.ts";
import type { ModuleSettings } from "./module.ts";
import { type Asked, declareSlots } from "./slots.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "ambassador" }, path: ".spec" };

/** A policy of the Module's `max_request_headers_kb`, which it gives to Envoy as it is. */
function policy(name: string): Policy<number> {
  return {
    name,
    filter: `filter.${name}`,
    type: BufferSchema.typeName,
    keys: ["max_request_headers_kb"],
    without: `there is no ${name}`,
    lower: ({ max_request_headers_kb: value, server_name: wrong }) => ({
      ...(value === undefined ? {} : { value }),
      diagnostics: wrong === name ? [diagnose("gzip/unknown-value", at, name)] : [],
    }),
    emit: (maxRequestBytes) => pack(BufferSchema, { maxRequestBytes: name === "odd" ? 0 : maxRequestBytes }),
  };
}

function open() {
  const g = openGraph();
  const settings = g.source<ModuleSettings>("settings");
  const routes = g.source<Route>("routes");
  const slots = declareSlots(g, { settings: g.source<Settings>("operator"), module: { settings }, routes }, [
    policy("one"),
    policy("odd"),
  ]);
  const commit = (config?: ModuleConfig) => {
    if (config) settings.set("", { config, at });
    else settings.delete("");
    return [...g.commit().changed(slots)].sort();
  };
  const held = (name: string) => {
    const slot = slots.get(name);
    assert.ok(slot);
    return fromBinary(TypedExtensionConfigSchema, encodedBytes(slot)).typedConfig?.typeUrl.split(".").at(-1);
  };
  const told = () => [...g.diagnostics.entries()].flatMap(([, list]) => list);
  return { commit, held, told };
}

test("every slot exists without a Module, and only those that change are touched", () => {
  const { commit, held } = open();
  assert.deepEqual(commit(), ["filter.odd", "filter.one"]);
  assert.deepEqual([held("filter.one"), held("filter.odd")], ["FilterChainConfig", "FilterChainConfig"]);
  assert.deepEqual(commit({ max_request_headers_kb: 5 }), ["filter.one"]);
  assert.equal(held("filter.one"), "Buffer");
  assert.deepEqual(commit({ max_request_headers_kb: 5, server_name: "x" }), []);
  assert.deepEqual(commit(), ["filter.one"]);
  assert.equal(held("filter.one"), "FilterChainConfig");
});

test("what Envoy's rules forbid is a diagnostic and a no-op", () => {
  const { commit, held, told } = open();
  commit({ max_request_headers_kb: 5 });
  assert.equal(held("filter.odd"), "FilterChainConfig");
  const [invalid, ...others] = told();
  assert.deepEqual(others, []);
  assert.equal(invalid?.code, "envoy/invalid");
  assert.equal(invalid?.traffic, "there is no odd");
  assert.match(invalid?.message ?? "", /max_request_bytes/);
});

test("a policy's own diagnostics are told", () => {
  const { commit, told } = open();
  commit({ server_name: "one" });
  assert.deepEqual(
    told().map(({ code }) => code),
    ["gzip/unknown-value"],
  );
});

test("a policy that protects closes where Envoy's rules forbid what an object asks for", () => {
  const g = openGraph();
  const asked = g.source<Asked>("asked");
  const module = { settings: g.source<ModuleSettings>("settings") };
  const closing = {
    ...policy("odd"),
    emit: (bytes: number) => pack(BufferSchema, { maxRequestBytes: bytes }),
    closed: 1,
  };
  const slots = declareSlots(
    g,
    { settings: g.source<Settings>("operator"), module, routes: g.source<Route>("routes"), own: { odd: asked } },
    [closing],
  );
  const held = () => {
    g.commit();
    const slot = slots.get("filter.odd");
    assert.ok(slot);
    const config = fromBinary(TypedExtensionConfigSchema, encodedBytes(slot)).typedConfig;
    return config?.typeUrl.endsWith("Buffer")
      ? fromBinary(BufferSchema, config.value).maxRequestBytes
      : config?.typeUrl;
  };
  asked.set("", { value: 0, origin: at });
  assert.equal(held(), 1);
  asked.set("", { value: 7, origin: at, clusters: ["c"] });
  assert.equal(held(), 7);
  assert.deepEqual(slots.get("filter.odd")?.clusters, [["c"]]);
  asked.delete("");
  assert.match(String(held()), /filter_chain.v3.FilterChainConfig$/);
});
