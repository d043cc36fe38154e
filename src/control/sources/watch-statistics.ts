/** Figures about how a kind of a cluster is followed. */

/** One kind. */
export interface WatchStatistics {
  readonly isFollowing: boolean;
  /** Objects added, changed and deleted, those of lists included. */
  readonly changes: number;
  /** Times that following ended because of a failure. */
  readonly failures: number;
}
