/** Figures about how a kind of a cluster is followed. */

/** One kind. */
export interface WatchStatistics {
  readonly isFollowing: boolean;
  /** Objects added, changed and deleted, those of lists included. */
  readonly changes: number;
  /** Times that following ended because of a failure. */
  readonly failures: number;
}

/** Counts, by the name of the resource. */
export function createWatchStatistics() {
  const all = new Map<string, WatchStatistics>();
  return {
    all: all as ReadonlyMap<string, WatchStatistics>,
    count(name: string, { isFollowing, changes = 0, failures = 0 }: Partial<WatchStatistics>): void {
      const before = all.get(name) ?? { isFollowing: false, changes: 0, failures: 0 };
      all.set(name, {
        isFollowing: isFollowing ?? before.isFollowing,
        changes: before.changes + changes,
        failures: before.failures + failures,
      });
    },
  };
}
