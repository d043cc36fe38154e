/**
 * SERVE: clusters that are gone from the snapshot and still at one Envoy.
 * A cluster is removed only when nothing that this Envoy holds names it any more, and a grace longer than requests
 * in flight has passed since; where chains of connections named it, one as long as they are drained. Naming it again in
 * between cancels the removal.
 */
import type { ResourceType } from "#compiler";
import type { Subscription, Told } from "./subscription.ts";

/** Why a cluster stays, and until when. */
export interface Leave {
  /** Undefined while something still names it. */
  readonly removableAt?: number;
  /** Chains of connections may name it, and those that are replaced use it until they are drained. */
  readonly byChains: boolean;
}

/** The leaving clusters by name. */
export type Leaving = Map<string, Leave>;

/** How long a cluster outlives what named it. */
export interface Graces {
  readonly removalGraceMs: number;
  readonly drainMs: number;
}

const namingTypes: readonly ResourceType[] = ["routes", "scope", "listener", "extension"];

/** Whether resources of this type name clusters. */
export function namesClusters(type: ResourceType): boolean {
  return namingTypes.includes(type);
}

/** Starts the grace of clusters that nothing names any more, and cancels it for those named again. */
export function updateGraces(
  leaving: Leaving,
  subscriptions: ReadonlyMap<ResourceType, Subscription>,
  now: number,
  { removalGraceMs, drainMs }: Graces,
): void {
  const named = stillNamed(leaving, subscriptions);
  for (const [name, before] of leaving) {
    const types = named.get(name);
    const byChains = before.byChains || types?.has("listener") === true;
    const grace = byChains ? Math.max(removalGraceMs, drainMs) : removalGraceMs;
    leaving.set(name, types ? { byChains } : { byChains, removableAt: before.removableAt ?? now + grace });
  }
}

/** Which types of resources name a leaving cluster. */
function stillNamed(
  leaving: Leaving,
  subscriptions: ReadonlyMap<ResourceType, Subscription>,
): ReadonlyMap<string, ReadonlySet<ResourceType>> {
  const named = new Map<string, Set<ResourceType>>();
  const note = (name: string, type: ResourceType) => named.set(name, (named.get(name) ?? new Set()).add(type));
  for (const [type, told] of everythingTold(subscriptions)) {
    if (told.version === "") continue;
    // Envoy came with a version of this resource that nobody knows here, so it may name anything.
    const names = told.resource ? (told.resource.clusters ?? []) : [leaving.keys()];
    for (const list of names) for (const name of list) if (leaving.has(name)) note(name, type);
  }
  return named;
}

function* everythingTold(
  subscriptions: ReadonlyMap<ResourceType, Subscription>,
): Iterable<readonly [ResourceType, Told]> {
  for (const type of namingTypes) {
    const subscription = subscriptions.get(type);
    if (!subscription) continue;
    for (const told of subscription.held.values()) yield [type, told];
    for (const response of subscription.inFlight.values()) {
      for (const resource of response.resources) yield [type, { version: resource.version, resource }];
    }
  }
}

/** The clusters whose grace is over. */
export function removableClusters(leaving: Leaving, now: number): string[] {
  return [...leaving].flatMap(([name, { removableAt: at }]) => (at !== undefined && at <= now ? [name] : []));
}

/** When the next grace ends. */
export function nextRemovalAt(leaving: Leaving): number | undefined {
  let next: number | undefined;
  for (const { removableAt: at } of leaving.values())
    if (at !== undefined && (next === undefined || at < next)) next = at;
  return next;
}
