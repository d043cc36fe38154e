/** LOWER of what a Mapping, a TCPMapping or the Module says of the connections to an upstream. */
import { type MappingSpec, possibleKeepalive } from "../../api/index.ts";
import type { CircuitBreaker, Keepalive } from "../../ir/cluster.ts";

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
  const { probes, idle_time, interval } = possibleKeepalive(given);
  return {
    ...(probes === undefined ? {} : { probes }),
    ...(idle_time === undefined ? {} : { idleSeconds: idle_time }),
    ...(interval === undefined ? {} : { intervalSeconds: interval }),
  };
}
