/** What a replica knows of the answers to challenges: those that are wanted, those that are given, and what is said. */
import type { Log } from "#base/log.ts";
import type { CompilerEdit } from "#compiler";
import type { CertificateCluster, CertificateDoor } from "../../../control/certificates.ts";
import { type Answers, type OrderRecord, replicaName } from "./order-record.ts";

/** The state of one replica; keys are names of records. */
export interface AnswerState {
  readonly door: CertificateDoor;
  readonly cluster: CertificateCluster;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** This one, as it stands in records. */
  readonly replica: string;
  /** As they were last seen. */
  readonly records: Map<string, OrderRecord>;
  /** What the compiler has been given for each. */
  readonly given: Map<string, Answers>;
  /** What of those that this replica leads its own Envoy answers, as a digest. */
  readonly answered: Map<string, string>;
  /** What is being said of each. */
  readonly saying: Map<string, Promise<void>>;
  /** What the compiler is about to be given. */
  readonly waiting: CompilerEdit[];
  /** Resolves when it has been given that. */
  pushed: Promise<void> | undefined;
  /** Resolves when any of this is another than now. */
  change: PromiseWithResolvers<void>;
}

/** Nothing is seen yet. */
export function openAnswerState(
  door: CertificateDoor,
  cluster: CertificateCluster,
  log: Log,
  signal: AbortSignal,
): AnswerState {
  return {
    door,
    cluster,
    log,
    signal,
    replica: replicaName(cluster.replica),
    records: new Map(),
    given: new Map(),
    answered: new Map(),
    saying: new Map(),
    waiting: [],
    pushed: undefined,
    change: Promise.withResolvers(),
  };
}

/** Wakes whoever waits for a change. */
export function tell(state: AnswerState): void {
  state.change.resolve();
  state.change = Promise.withResolvers();
}
