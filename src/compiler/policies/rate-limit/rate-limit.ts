/** rate-limit: a RateLimitService decides which requests are too many, by the labels of their Mappings. */
import { RateLimitSchema } from "#gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.js";
import type { Policy } from "../policy.ts";
import { emitRateLimit, emitRouteLimits } from "./emit.ts";
import { type Descriptor, lowerRouteLimits } from "./labels.ts";
import type { RateLimitSettings } from "./lower.ts";

/** The policy of RateLimitServices. The filter asks about nothing by itself; each route says what is counted. */
export const rateLimit: Policy<RateLimitSettings, readonly Descriptor[]> = {
  name: "rate-limit",
  filter: "envoy.filters.http.ratelimit",
  type: RateLimitSchema.typeName,
  keys: [],
  without: "requests are NOT limited",
  lower: () => ({ diagnostics: [] }),
  emit: emitRateLimit,
  needs: "service",
  why: ({ authority }, _request, descriptors) =>
    descriptors && { says: `counts it at ${authority}; what is too much is answered with 429` },
  route: { reach: "route", lower: lowerRouteLimits, emit: emitRouteLimits },
};
