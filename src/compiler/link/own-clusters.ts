/**
 * LINK of a notice: upstreams that the old system called by one name and made one of, by the first Mapping's settings.
 * Here each has its own.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { child, formatRef } from "#base/origin.ts";
import type { Derived } from "../graph/graph.ts";
import type { ClusterDecl } from "../ir/cluster.ts";
import { compareText } from "./order.ts";

/** Settings that were in no name, by the fields that give them. */
const nameless = {
  connect_timeout_ms: ({ policy }: ClusterDecl) => policy.connectTimeoutMs,
  cluster_idle_timeout_ms: ({ policy }: ClusterDecl) => policy.idleTimeoutMs,
  cluster_max_connection_lifetime_ms: ({ policy }: ClusterDecl) => policy.maxConnectionLifetimeMs,
  keepalive: ({ policy }: ClusterDecl) => policy.keepalive,
  grpc: ({ policy }: ClusterDecl) => policy.http2,
  enable_ipv6: ({ policy }: ClusterDecl) => policy.dnsFamily,
  dns_type: ({ policy }: ClusterDecl) => policy.dnsType,
  respect_dns_ttl: ({ policy }: ClusterDecl) => policy.respectDnsTtl,
  health_checks: ({ policy }: ClusterDecl) => policy.healthChecks,
  resolver: ({ service }: ClusterDecl) => service?.lenient,
} as const;

/** What the old system would have called the upstream of a Mapping or TCPMapping, as far as it matters here. */
export function oldClusterName([decl]: readonly ClusterDecl[]): readonly string[] {
  if (!decl || !/^(TCP)?Mapping$/.test(decl.origin.ref.kind)) return [];
  const { host, port, policy, origin } = decl;
  const { statName, tls, circuitBreakers, balancing, shadow, tag } = policy;
  const more = tls || circuitBreakers || balancing ? JSON.stringify([tls, circuitBreakers, balancing]) : "";
  return [[`${host}:${port}`, statName, origin.ref.namespace, shadow ?? false, tag ?? "", more].join(" ")];
}

/** By name and namespace, as the old system took them. */
export function byOldOrder([a]: readonly ClusterDecl[], [b]: readonly ClusterDecl[]): number {
  return compareText(oldKey(a), oldKey(b));
}

function oldKey(decl: ClusterDecl | undefined): string {
  return decl ? `${decl.origin.ref.name}.${decl.origin.ref.namespace}` : "";
}

/** One notice for upstreams of one old name that are not the same, on the first that is not like the one before all. */
export function linkOwnClusters(upstreams: readonly (readonly ClusterDecl[])[]): Derived<never> {
  const [first, ...others] = upstreams.flatMap(([decl]) => (decl ? [decl] : []));
  const fields = Object.keys(nameless) as (keyof typeof nameless)[];
  for (const decl of first ? others : []) {
    const field = fields.find((name) => first && !equal(nameless[name](decl), nameless[name](first)));
    if (field && first) return { out: [], diagnostics: [ownCluster(decl, first, field)] };
  }
  return { out: [] };
}

function ownCluster(decl: ClusterDecl, first: ClusterDecl, field: string): Diagnostic {
  const name = formatRef(first.origin.ref);
  const at = child({ ref: decl.origin.ref, path: "" }, "spec", field);
  const message = `${field} is not that of ${name} for the same service; the old system took that of ${name} for both`;
  return diagnose("compat/own-cluster", at, message, {
    traffic: "the service is spoken to as each says",
    related: [{ at: first.origin, message: "came first there, by name" }],
  });
}
