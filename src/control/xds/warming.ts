/**
 * SERVE: clusters that were sent to one Envoy and may not be usable there yet.
 * A cluster is warm when Envoy acknowledges the CDS response that carried it or, if it warms by its endpoints alone,
 * the EDS response that carried them after the cluster.
 */
import type { Encoded } from "#compiler";
import type { Response } from "./subscription.ts";

interface WarmingCluster {
  readonly resource: Encoded;
  /** The CDS response that carried it last. */
  readonly sequence: number;
  readonly since: number;
  /** False while Envoy goes on using an older version of it, so that nobody has to wait. */
  readonly added: boolean;
  readonly refused: boolean;
  /** It, or a version of it that was warming before and may be all that Envoy took, waits for more than endpoints. */
  readonly slow: boolean;
}

/** The clusters of one stream that are not warm yet. */
export interface Warming {
  readonly clusters: Map<string, WarmingCluster>;
  readonly byEndpoints: Map<string, Set<string>>;
  /** Those that wait for more than endpoints. */
  readonly slow: Set<string>;
}

/** No cluster is warming. */
export function createWarming(): Warming {
  return { clusters: new Map(), byEndpoints: new Map(), slow: new Set() };
}

/** A cluster has been sent. `hadIt` is whether Envoy had an older version of it. */
export function startWarming(warming: Warming, resource: Encoded, hadIt: boolean, sent: Response): void {
  const before = warming.clusters.get(resource.name);
  stopWarming(warming, resource.name);
  const since = before?.added && !before.refused ? before.since : sent.sentAt;
  const added = before?.added ?? !hadIt;
  const slow = resource.slow === true || before?.slow === true;
  warming.clusters.set(resource.name, { resource, sequence: sent.sequence, since, added, refused: false, slow });
  if (slow) warming.slow.add(resource.name);
  if (resource.endpoints === undefined) return;
  const sharing = warming.byEndpoints.get(resource.endpoints) ?? new Set();
  warming.byEndpoints.set(resource.endpoints, sharing.add(resource.name));
}

/** A cluster is warm, or gone. */
export function stopWarming(warming: Warming, name: string): void {
  const cluster = warming.clusters.get(name);
  warming.clusters.delete(name);
  warming.slow.delete(name);
  const endpoints = cluster?.resource.endpoints;
  const sharing = endpoints === undefined ? undefined : warming.byEndpoints.get(endpoints);
  if (endpoints === undefined || !sharing) return;
  sharing.delete(name);
  if (sharing.size === 0) warming.byEndpoints.delete(endpoints);
}

/** Envoy refused a cluster; what names it goes on waiting, for a better version may be on its way. */
export function noteClusterRefused(warming: Warming, name: string): void {
  const cluster = warming.clusters.get(name);
  if (cluster?.added) warming.clusters.set(name, { ...cluster, refused: true });
  else stopWarming(warming, name);
}

/** Envoy acknowledged a CDS response: it says so only when all clusters of it are warm. */
export function clustersAcknowledged(warming: Warming, response: Response): void {
  for (const { name } of response.resources) {
    const cluster = warming.clusters.get(name);
    if (cluster && cluster.sequence <= response.sequence) stopWarming(warming, name);
  }
}

/** Envoy acknowledged an EDS response: clusters sent before it that wait for nothing else are warm. */
export function endpointsAcknowledged(warming: Warming, response: Response): void {
  const endpoints = [...response.resources.map((resource) => resource.name), ...response.removed];
  for (const name of endpoints.flatMap((one) => [...(warming.byEndpoints.get(one) ?? [])])) {
    const cluster = warming.clusters.get(name);
    if (cluster && !cluster.slow && cluster.sequence < response.sequence) stopWarming(warming, name);
  }
}

/** Whether Envoy withholds acknowledgements of clusters that are read at once, because of others. */
export function acknowledgesLate(warming: Warming): boolean {
  return warming.slow.size > 0;
}

/** Whether some cluster of a response still warms because of that response, other than those that warm slowly. */
export function stillWarms(warming: Warming, response: Response): boolean {
  return response.resources.some(({ name }) => {
    const cluster = warming.clusters.get(name);
    return cluster?.sequence === response.sequence && !cluster.slow;
  });
}
