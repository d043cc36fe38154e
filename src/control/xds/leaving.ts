/**
 * SERVE: clusters that are gone from the snapshot and still at one Envoy.
 * A cluster is removed only when nothing that this Envoy holds names it any more, and a grace longer than requests
 * in flight has passed since. Naming it again in between cancels the removal.
 */
import type { ResourceType } from "#compiler";
import type { Subscription, Told } from "./subscription.ts";

/** Cluster name → when it may be removed; undefined while something still names it. */
export type Leaving = Map<string, number | undefined>;

const namingTypes: readonly ResourceType[] = ["routes", "listener", "extension"];

/** Whether resources of this type name clusters. */
export function namesClusters(type: ResourceType): boolean {
  return namingTypes.includes(type);
}

/** Starts the grace of clusters that nothing names any more, and cancels it for those named again. */
export function updateGraces(
  leaving: Leaving,
  subscriptions: ReadonlyMap<ResourceType, Subscription>,
  now: number,
  graceMs: number,
): void {
  const named = stillNamed(leaving, subscriptions);
  for (const [name, removableAt] of leaving) {
    leaving.set(name, named.has(name) ? undefined : (removableAt ?? now + graceMs));
  }
}

function stillNamed(leaving: Leaving, subscriptions: ReadonlyMap<ResourceType, Subscription>): Set<string> {
  const named = new Set<string>();
  for (const told of everythingTold(subscriptions)) {
    if (told.version === "") continue;
    // Envoy came with a version of this resource that nobody knows here, so it may name anything.
    if (!told.resource) return new Set(leaving.keys());
    for (const list of told.resource.clusters ?? []) {
      for (const name of list) if (leaving.has(name)) named.add(name);
    }
  }
  return named;
}

function* everythingTold(subscriptions: ReadonlyMap<ResourceType, Subscription>): Iterable<Told> {
  for (const type of namingTypes) {
    const subscription = subscriptions.get(type);
    if (!subscription) continue;
    yield* subscription.held.values();
    for (const response of subscription.inFlight.values()) {
      for (const resource of response.resources) yield { version: resource.version, resource };
    }
  }
}

/** The clusters whose grace is over. */
export function removableClusters(leaving: Leaving, now: number): string[] {
  return [...leaving].flatMap(([name, at]) => (at !== undefined && at <= now ? [name] : []));
}

/** When the next grace ends. */
export function nextRemovalAt(leaving: Leaving): number | undefined {
  let next: number | undefined;
  for (const at of leaving.values()) if (at !== undefined && (next === undefined || at < next)) next = at;
  return next;
}
