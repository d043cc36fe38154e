/**
 * SERVE: whether a resource that names clusters or relies on filter slots may be sent yet.
 */
import type { Encoded } from "#compiler";
import { namesClusters } from "./naming.ts";
import { type OrderState, type Work, wake } from "./order-state.ts";
import { has, judge, lastTold, type Subscription } from "./subscription.ts";
import { acknowledgesLate } from "./warming.ts";

/** Whether everything that a resource relies on is in place at this Envoy, or has been waited for long enough. */
export function isReady(work: Work, subscription: Subscription, resource: Encoded): boolean {
  const { type } = resource;
  if (!namesClusters(type)) return true;
  // A new slot must be answered at once: its listener, and all others of a starting Envoy, wait for it.
  if (type === "extension" && !has(subscription, resource.name)) return true;
  const slots = work.state.subscriptions.get("extension");
  if (type !== "extension" && slots && slots.pending.size + slots.inFlight.size > 0) return false;
  if (type === "scope" && !comesAfterNew(work.state, subscription, resource)) return false;
  const missed: string[] = [];
  for (const list of work.state.warming.clusters.size + unsent(work.state) > 0 ? (resource.clusters ?? []) : []) {
    for (const name of list) {
      const until = waitUntil(work.state, name, work.now);
      if (until === undefined) continue;
      if (until > work.now) {
        wake(work, until);
        return false;
      }
      missed.push(name);
    }
  }
  if (missed.length > 0) work.early.push({ type, name: resource.name, clusters: missed });
  return true;
}

/** How many clusters may exist that this Envoy has not been told of. */
function unsent({ subscriptions, view }: OrderState): number {
  return subscriptions.get("cluster")?.pending.size ?? view.size("cluster");
}

/** Until when something that names this cluster has to wait; undefined if the cluster is there, or will never be. */
function waitUntil(state: OrderState, name: string, now: number): number | undefined {
  const { subscriptions, warming, options, view, refused, firstSentAt = Number.POSITIVE_INFINITY } = state;
  const warm = warming.clusters.get(name);
  if (warm?.added && warm.resource.immediate) {
    // Envoy reads in order, so it has this cluster by the time it reads what names it.
    const until = warm.since + options.immediateWaitMs;
    return until > now && !acknowledgesLate(warming) ? until : undefined;
  }
  if (warm) return warm.added ? Math.max(warm.since, firstSentAt) + options.warmWaitMs : undefined;
  const clusters = subscriptions.get("cluster");
  const cluster = view.get("cluster", name);
  if (!cluster || has(clusters, name) || refused.has("cluster", name, cluster.version)) return undefined;
  return clusters ? Number.POSITIVE_INFINITY : firstSentAt + options.warmWaitMs;
}

/** Whether all new scopes that one is around have been sent: it may lead to them, or no longer cover their hosts. */
function comesAfterNew({ view, refused }: OrderState, scopes: Subscription, { name, around }: Encoded): boolean {
  if (around === undefined) return true;
  for (const other of scopes.pending.keys()) {
    if (other === name || !other.startsWith(around)) continue;
    if (has(scopes, other) && !scopes.forced.has(other)) continue;
    if (view.get("scope", other)?.around === around) continue;
    if (judge(scopes, other, view, refused).kind === "send") return false;
  }
  return true;
}

/** Whether a scope that is gone may be removed: not before what is around it has stopped to lead there, or covers it. */
export function mayLeave({ view, refused }: OrderState, subscription: Subscription, name: string): boolean {
  if (subscription.type !== "scope" || !has(subscription, name)) return true;
  for (const other of subscription.pending.keys()) {
    const told = lastTold(subscription, other);
    // What Envoy brought along from another process may lead anywhere.
    const before = told && told.version !== "" && !told.resource ? "" : told?.resource?.around;
    const isAround = [before, view.get("scope", other)?.around].some(
      (prefix) => prefix !== undefined && name.startsWith(prefix),
    );
    if (isAround && judge(subscription, other, view, refused).kind === "send") return false;
  }
  return true;
}
