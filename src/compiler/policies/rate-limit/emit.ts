/** EMIT of rate-limit. */
import type { Any } from "@bufbuild/protobuf/wkt";
import type { RateLimit_ActionSchema } from "#gen/envoy/config/route/v3/route_components_pb.js";
import {
  RateLimitPerRouteSchema,
  RateLimitSchema,
} from "#gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.js";
import { duration, type Init, pack } from "../../envoy/bytes.ts";
import type { Descriptor, Entry } from "./labels.ts";
import type { RateLimitSettings } from "./lower.ts";

/** Version 3 of Envoy's APIs, by its number in Envoy. */
const v3 = 2;

/** Envoy's filter with the service. */
export function emitRateLimit(settings: RateLimitSettings): Any {
  const { authority, cluster, domain, timeoutMs } = settings;
  const target = { case: "envoyGrpc", value: { clusterName: cluster, authority } } as const;
  return pack(RateLimitSchema, {
    domain,
    requestType: "both",
    timeout: duration(timeoutMs),
    failureModeDeny: settings.denyOnFailure,
    rateLimitedAsResourceExhausted: settings.resourceExhausted,
    rateLimitService: {
      grpcService: { targetSpecifier: target, timeout: duration(timeoutMs) },
      transportApiVersion: v3,
    },
  });
}

/** What is counted on a route. */
export function emitRouteLimits(descriptors: readonly Descriptor[]): Any {
  return pack(RateLimitPerRouteSchema, {
    rateLimits: descriptors.map((entries) => ({
      actions: entries.map((entry) => ({ actionSpecifier: emitEntry(entry) })),
    })),
  });
}

function emitEntry(entry: Entry): NonNullable<Init<typeof RateLimit_ActionSchema>["actionSpecifier"]> {
  switch (entry.kind) {
    case "source_cluster":
      return { case: "sourceCluster", value: {} };
    case "destination_cluster":
      return { case: "destinationCluster", value: {} };
    case "remote_address":
      return { case: "remoteAddress", value: {} };
    case "generic":
      return { case: "genericKey", value: { descriptorKey: entry.key, descriptorValue: entry.value } };
    case "header":
      return { case: "requestHeaders", value: { headerName: entry.header, descriptorKey: entry.key } };
  }
}
