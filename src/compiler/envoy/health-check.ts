/** EMIT of active health checks. */
import type {
  HealthCheck_HttpHealthCheckSchema,
  HealthCheckSchema,
} from "#gen/envoy/config/core/v3/health_check_pb.js";
import type { HealthCheck, HealthProbe } from "../ir/health-check.ts";
import { duration, type Init } from "./bytes.ts";
import { emitHeaderValue } from "./headers.ts";

type HealthCheckInit = Init<typeof HealthCheckSchema>;

/** HTTP2 of envoy.type.v3.CodecClientType. */
const http2Codec = 1;

/** The health checks of a cluster that speaks HTTP/2 or not. Several must have names, and one alone has none. */
export function emitHealthChecks(checks: readonly HealthCheck[], http2: boolean): HealthCheckInit[] {
  return checks.map((check, index) => ({
    ...(checks.length > 1 ? { name: String(index + 1) } : {}),
    ...emitHealthCheck(check, http2),
  }));
}

function emitHealthCheck(check: HealthCheck, http2: boolean): HealthCheckInit {
  return {
    timeout: duration(check.timeoutMs),
    interval: duration(check.intervalMs),
    unhealthyThreshold: check.unhealthyThreshold,
    healthyThreshold: check.healthyThreshold,
    healthChecker: emitProbe(check.probe, http2),
  };
}

function emitProbe(probe: HealthProbe, http2: boolean): NonNullable<HealthCheckInit["healthChecker"]> {
  const { host = "" } = probe;
  if (probe.kind === "grpc") {
    return { case: "grpcHealthCheck", value: { serviceName: probe.service, authority: host } };
  }
  const value: Init<typeof HealthCheck_HttpHealthCheckSchema> = {
    host,
    path: probe.path,
    requestHeadersToAdd: probe.add.map(emitHeaderValue),
    requestHeadersToRemove: [...probe.remove],
    // Envoy's ranges are half open.
    expectedStatuses: probe.expected.map(({ min, max }) => ({ start: BigInt(min), end: BigInt(max + 1) })),
    ...(http2 ? { codecClientType: http2Codec } : {}),
  };
  return { case: "httpHealthCheck", value };
}
