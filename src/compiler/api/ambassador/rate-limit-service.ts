/**
 * RateLimitService: a service that decides which requests are too many.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, enumOf, object, optional, required, type Static, string } from "../schema/index.ts";
import { milliseconds } from "./cluster-settings.ts";
import { ambassadorId } from "./ids.ts";
import { serviceProblems, serviceString } from "./service-address.ts";
import { downgradeTls, upgradeTls, upstreamTls } from "./upstream-tls.ts";

/** A RateLimitService's settings. */
export const rateLimitServiceSchema = object({
  ambassador_id: ambassadorId,
  service: required(serviceString, "The service that is asked, by gRPC.", { example: "ratelimit:8081" }),
  ...upstreamTls,
  protocol_version: optional(enumOf("v2", "v3"), "Version of the protocol; only v3 is spoken."),
  domain: optional(string(), "Which of the labels it is asked about.", { example: "shop" }),
  timeout_ms: optional(milliseconds, "How long an answer may take, after which requests are served uncounted.", {
    unset: 20,
    example: 100,
  }),
  failure_mode_deny: optional(boolean(), "Answer 500 while it cannot be reached.", { unset: false }),
  grpc: optional(
    object({
      use_resource_exhausted_code: optional(boolean(), "Tell gRPC clients RESOURCE_EXHAUSTED instead of UNAVAILABLE.", {
        unset: false,
        aliases: ["rate_limited_as_resource_exhausted"],
      }),
    }),
    "What gRPC clients are told when there are too many requests.",
  ),
  stats_name: optional(string(), "Name of its cluster in statistics.", {
    old: { name: "v3StatsName" },
    example: "ratelimit",
  }),
});

export type RateLimitServiceSpec = Static<typeof rateLimitServiceSchema>;
export type RateLimitService = Resource<"RateLimitService", RateLimitServiceSpec>;

/** The kind RateLimitService. */
export const rateLimitService = kind({
  kind: "RateLimitService",
  plural: "ratelimitservices",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "rate-limit-service",
  doc: "A service that decides which requests are too many.",
  schema: rateLimitServiceSchema,
  example: { service: "ratelimit:8081", protocol_version: "v3" },
  verify: ({ service }, at) => serviceProblems(service, at),
  upgrade: (old) => upgradeTls(old),
  downgrade: (hub) => downgradeTls(hub),
});
