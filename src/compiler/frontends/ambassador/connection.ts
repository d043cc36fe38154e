/** LOWER of what a Mapping, a TCPMapping or the Module says of the connections to an upstream. */
import { durationMs } from "#base/duration.ts";
import { type MappingSpec, possibleKeepalive } from "../../api/index.ts";
import type { CircuitBreaker, ConnectionPolicy, Keepalive } from "../../ir/cluster.ts";
import type { HashKey } from "../../ir/route.ts";

type Defined<F extends keyof MappingSpec> = NonNullable<MappingSpec[F]>;

/** Limits; an object's own take the place of the Module's as a whole. */
export function lowerCircuitBreakers(given: Defined<"circuit_breakers">): readonly CircuitBreaker[] {
  return given.map(({ priority, max_connections, max_pending_requests, max_requests, max_retries }) => ({
    priority,
    ...(max_connections === undefined ? {} : { maxConnections: max_connections }),
    ...(max_pending_requests === undefined ? {} : { maxPendingRequests: max_pending_requests }),
    ...(max_requests === undefined ? {} : { maxRequests: max_requests }),
    ...(max_retries === undefined ? {} : { maxRetries: max_retries }),
  }));
}

/** Keep-alive in seconds; values that are not possible are left out. */
export function lowerKeepalive(given: Defined<"keepalive">): Keepalive {
  const { probes, time, idle_time = time, interval } = possibleKeepalive(given);
  return {
    ...(probes === undefined ? {} : { probes }),
    ...(idle_time === undefined ? {} : { idleSeconds: idle_time }),
    ...(interval === undefined ? {} : { intervalSeconds: interval }),
  };
}

/** How endpoints are chosen, and what of a request decides it. */
export interface Balancing {
  readonly policy?: NonNullable<ConnectionPolicy["balancing"]>;
  readonly hashOn?: HashKey;
}

/** Admission has seen to it that there is one hash key where there must be one. */
export function lowerBalancing(given: Defined<"load_balancer">): Balancing {
  if (given.policy === "round_robin") return {};
  const hashOn = lowerHashKey(given);
  return { policy: given.policy, ...(hashOn ? { hashOn } : {}) };
}

function lowerHashKey({ cookie, header, source_ip }: Defined<"load_balancer">): HashKey | undefined {
  if (header !== undefined) return { kind: "header", name: header };
  if (!cookie) return source_ip ? { kind: "source-ip" } : undefined;
  const ttlMs = cookie.ttl === undefined ? undefined : durationMs(cookie.ttl);
  return {
    kind: "cookie",
    name: cookie.name,
    ...(cookie.path === undefined ? {} : { path: cookie.path }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}
