import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { HttpConnectionManagerSchema } from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { emitConnectionManager } from "../envoy/http-connection-manager.ts";
import { emitSlots } from "../envoy/slot.ts";
import { lowerHttpOptions } from "../frontends/ambassador/index.ts";
import { policies } from "./index.ts";

/** What users' Lua scripts, AuthServices and RateLimitServices have relied on, first filter first. */
const always = [
  "envoy.filters.http.grpc_http1_bridge",
  "envoy.filters.http.grpc_web",
  "envoy.filters.http.grpc_stats",
  "envoy.filters.http.lua",
  "envoy.filters.http.gzip",
  "envoy.filters.http.buffer",
  "envoy.filters.http.rbac",
  "envoy.filters.http.cors",
  "envoy.filters.http.ext_authz",
  "envoy.filters.http.ratelimit",
];

test("the filters that there have always been are in the order that they have always had, with the router last", () => {
  const settings = { statPrefix: "ingress_http", trustedHops: 0 };
  const manager = emitConnectionManager(
    { table: "table", settings },
    { shape: "table" },
    lowerHttpOptions({}),
    emitSlots(policies, "1.40"),
  );
  const names = fromBinary(HttpConnectionManagerSchema, manager.value).httpFilters.map(({ name }) => name);
  deepEqual(
    names.filter((name) => always.includes(name)),
    always,
  );
  deepEqual(names.at(-1), "envoy.filters.http.router");
});
