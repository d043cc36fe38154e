/** EMIT of what a cluster says of its connections, besides their addresses and their TLS. */
import type { ClusterSchema } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import type { CircuitBreaker, Keepalive } from "../ir/cluster.ts";
import type { Init } from "./bytes.ts";

type ClusterInit = Init<typeof ClusterSchema>;

const priorities = { default: 0, high: 1 } as const;

/** Limits by priority. */
export function emitCircuitBreakers(breakers: readonly CircuitBreaker[] | undefined): ClusterInit {
  if (breakers === undefined) return {};
  return {
    circuitBreakers: { thresholds: breakers.map((limits) => ({ ...limits, priority: priorities[limits.priority] })) },
  };
}

/** TCP keep-alive. */
export function emitKeepalive(keepalive: Keepalive | undefined): ClusterInit {
  if (keepalive === undefined) return {};
  const { probes, idleSeconds, intervalSeconds } = keepalive;
  const tcpKeepalive = {
    ...(probes === undefined ? {} : { keepaliveProbes: probes }),
    ...(idleSeconds === undefined ? {} : { keepaliveTime: idleSeconds }),
    ...(intervalSeconds === undefined ? {} : { keepaliveInterval: intervalSeconds }),
  };
  return { upstreamConnectionOptions: { tcpKeepalive } };
}
