import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { formatRef } from "#base/origin.ts";
import { rawResource } from "../../test/raw-object.ts";
import { openCompiler } from "./index.ts";

const objects = [
  rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: "/", service: "shop", auth_service: "b" }),
  rawResource("AuthService", "v3alpha1", { auth_service: "a" }, { name: "a" }),
  rawResource("AuthService", "v3alpha1", { auth_service: "b" }, { name: "b" }),
  rawResource("AuthService", "v3alpha1", { auth_service: "c" }, { name: "c" }),
  rawResource("RateLimitService", "v3alpha1", { service: "limit", protocol_version: "v3" }, { name: "limit" }),
  rawResource("TracingService", "v3alpha1", { service: "spans", driver: "zipkin" }, { name: "spans" }),
  rawResource(
    "LogService",
    "v3alpha1",
    { service: "logs", driver: "http", grpc: true, protocol_version: "v3" },
    { name: "logs" },
  ),
];

function owners(type: "extension" | "listener", name: string): readonly string[] {
  const compiler = openCompiler();
  compiler.apply(objects.map((value, index) => ({ kind: "object", key: String(index), value })));
  compiler.commit();
  return compiler
    .owners(type, name)
    .map(formatRef)
    .filter((ref) => ref.includes("Service"));
}

test("whoever is asked through a slot owns it, and nobody else", () => {
  deepEqual(owners("extension", "envoy.filters.http.ext_authz"), ["AuthService default/a", "AuthService default/b"]);
  deepEqual(owners("extension", "envoy.filters.http.ratelimit"), ["RateLimitService default/limit"]);
});

test("whoever is told about requests owns the listeners, too", () => {
  deepEqual(owners("listener", "tcp-0.0.0.0-8080"), ["LogService default/logs", "TracingService default/spans"]);
});
