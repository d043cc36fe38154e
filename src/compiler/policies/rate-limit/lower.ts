/** LOWER of a RateLimitService's settings, once its upstream is known. */
import { type Checked, diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { RateLimitServiceSpec } from "../../api/index.ts";
import type { ClusterDecl, ClusterName } from "../../ir/cluster.ts";

/** Whom to ask, and how. */
export interface RateLimitSettings {
  readonly cluster: ClusterName;
  readonly authority: string;
  readonly domain: string;
  readonly timeoutMs: number;
  /** Whether requests are refused with 500 while the service fails. */
  readonly denyOnFailure: boolean;
  readonly resourceExhausted: boolean;
}

/** What is asked for; no value where the service cannot be asked. */
export function lowerRateLimit(
  spec: RateLimitServiceSpec,
  domain: string,
  { host, name, port }: ClusterDecl,
  at: Origin,
): Checked<RateLimitSettings> {
  if (spec.protocol_version !== "v3") {
    const message = `${spec.protocol_version ?? "v2"} of the protocol is not spoken any more`;
    return fail(
      diagnose("rate-limit-service/protocol-version", child(at, "spec", "protocol_version"), message, {
        traffic: "requests are NOT limited",
        hint: "let the service speak envoy.service.ratelimit.v3 and write protocol_version: v3",
      }),
    );
  }
  return ok({
    cluster: name,
    authority: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    domain,
    timeoutMs: spec.timeout_ms ?? 20,
    denyOnFailure: spec.failure_mode_deny ?? false,
    resourceExhausted: spec.grpc?.use_resource_exhausted_code ?? false,
  });
}
