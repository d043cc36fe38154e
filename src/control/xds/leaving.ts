/**
 * SERVE: clusters that are gone from the snapshot and still at one Envoy.
 * A cluster is removed only when nothing that this Envoy holds names it any more, and a grace longer than requests
 * in flight has passed since; where chains of connections named it, one as long as they are drained. Naming it again in
 * between cancels the removal.
 */
import { type Naming, namedBy } from "./naming.ts";

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

/** Starts the grace of clusters that nothing names any more, and cancels it for those named again. */
export function updateGraces(
  leaving: Leaving,
  changed: Iterable<string>,
  naming: Naming,
  now: number,
  { removalGraceMs, drainMs }: Graces,
): void {
  for (const name of changed) {
    const before = leaving.get(name);
    if (!before) continue;
    const types = namedBy(naming, name);
    const byChains = before.byChains || types.has("listener");
    const grace = byChains ? Math.max(removalGraceMs, drainMs) : removalGraceMs;
    leaving.set(name, types.size > 0 ? { byChains } : { byChains, removableAt: before.removableAt ?? now + grace });
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
