/** LOWER of `health_checks`. */
import { durationMs } from "#base/duration.ts";
import type { MappingSpec } from "../../api/index.ts";
import type { HealthCheck, HealthProbe } from "../../ir/health-check.ts";
import { lowerAddedHeaders } from "./headers.ts";

type Given = NonNullable<MappingSpec["health_checks"]>[number];

/** One health check, with the defaults that were always documented. */
export function lowerHealthCheck(given: Given): HealthCheck {
  return {
    probe: lowerProbe(given.health_check),
    timeoutMs: durationMs(given.timeout ?? "3s") ?? 3000,
    intervalMs: durationMs(given.interval ?? "5s") ?? 5000,
    unhealthyThreshold: given.unhealthy_threshold ?? 2,
    healthyThreshold: given.healthy_threshold ?? 1,
  };
}

function lowerProbe({ http, grpc }: Given["health_check"]): HealthProbe {
  if (!http) {
    const { upstream_name: service = "", authority } = grpc ?? {};
    return { kind: "grpc", service, ...(authority === undefined ? {} : { host: authority }) };
  }
  const { path, hostname, add_request_headers: added, remove_request_headers: remove = [], expected_statuses } = http;
  return {
    kind: "http",
    path,
    ...(hostname === undefined ? {} : { host: hostname }),
    add: lowerAddedHeaders(added),
    remove,
    expected: expected_statuses ?? [],
  };
}
