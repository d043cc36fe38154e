/**
 * SERVE: what the order of one stream knows, and one round of work on it.
 */
import type { ResourceType } from "#compiler";
import type { Leaving } from "./leaving.ts";
import type { Naming } from "./naming.ts";
import type { RefusedVersions, ResourceRefusal } from "./refusal.ts";
import type { SnapshotView } from "./snapshot.ts";
import type { Response, Subscription } from "./subscription.ts";
import type { Warming } from "./warming.ts";

/** The times and sizes that an operator or a test may choose. */
export interface OrderOptions {
  /** How long a route table waits for one cluster. */
  readonly warmWaitMs: number;
  /** How long for one that needs nothing but to be read, while Envoy withholds acknowledgements because of others. */
  readonly immediateWaitMs: number;
  /** How long a cluster outlives the last thing that named it: longer than requests in flight. */
  readonly removalGraceMs: number;
  /** How long for one that chains of connections named: they are drained for this long after they are replaced. */
  readonly drainMs: number;
  /** How long an unacknowledged CDS response holds back the next one. */
  readonly clusterHoldMs: number;
  readonly batchSize: number;
  /** Scopes in one response: Envoy applies all of them or none. */
  readonly scopeBatchSize: number;
}

/** What runs outside tests. */
export const defaultOrderOptions: OrderOptions = {
  warmWaitMs: 2_000,
  immediateWaitMs: 20,
  removalGraceMs: 15_000,
  drainMs: 600_000,
  clusterHoldMs: 100,
  batchSize: 1_000,
  scopeBatchSize: 100,
};

/** A resource that was sent although clusters that it names were not warm in time. */
export interface SentEarly {
  readonly type: ResourceType;
  readonly name: string;
  readonly clusters: readonly string[];
}

/** The state of one stream. Only `step` changes it. */
export interface OrderState {
  readonly view: SnapshotView;
  readonly refused: RefusedVersions;
  readonly options: OrderOptions;
  readonly subscriptions: Map<ResourceType, Subscription>;
  readonly warming: Warming;
  readonly leaving: Leaving;
  readonly openedAt: number;
  sequence: number;
  writable: boolean;
  /** Since when Envoy has been sent all clusters and endpoints that there were at first: from then on one may be late. */
  firstSentAt: number | undefined;
  /** What of it names leaving clusters. */
  readonly naming: Naming;
  /** There were scopes when it was looked last. */
  hasScopes: boolean;
}

/** One round: what is planned until the stream is quiet again. */
export interface Work {
  readonly state: OrderState;
  readonly now: number;
  readonly sends: Response[];
  readonly refusals: ResourceRefusal[];
  readonly early: SentEarly[];
  wakeAt: number;
}

/** Asks for a `tick` at a time, unless one is due earlier anyway. */
export function wake(work: Work, at: number | undefined): void {
  if (at !== undefined && at > work.now && at < work.wakeAt) work.wakeAt = at;
}
