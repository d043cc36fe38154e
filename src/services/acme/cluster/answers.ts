/**
 * What every replica does for challenges: follows the records of orders, gives their answers to the compiler, and says
 * on each record what its own Envoy answers, so that whoever orders knows when to go on.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { CompilerEdit } from "#compiler";
import type { CertificateCluster, CertificateDoor } from "../../../control/certificates.ts";
import type { Change } from "../../../control/kube/copy.ts";
import { pauseUnlessAborted } from "../../../control/kube/pause.ts";
import { reflect } from "../../../control/kube/reflector.ts";
import { configMaps } from "../../../control/kube/resource.ts";
import { type AnswerState, openAnswerState, tell } from "./answer-state.ts";
import { type Answers, type OrderRecord, orderLabel, readRecord } from "./order-record.ts";
import { sayInTurn } from "./saying.ts";

/** The records, and that they are answered. */
export interface AnswerSide {
  /** As it was last seen. */
  record(name: string): OrderRecord | undefined;
  records(): Iterable<OrderRecord>;
  /** What of a record this replica's own Envoy answers, as a digest. */
  answered(name: string): string | undefined;
  /** Resolves when some record, or what is answered of it here, is another one than now. */
  changed(): Promise<void>;
  close(): Promise<void>;
}

const batchMs = 500;

/** Begins to answer. */
export function openAnswers(door: CertificateDoor, cluster: CertificateCluster, log: Log): AnswerSide {
  const stop = new AbortController();
  const state = openAnswerState(door, cluster, log, stop.signal);
  const following = follow(state);
  return {
    record: (name) => state.records.get(name),
    records: () => state.records.values(),
    answered: (name) => state.answered.get(name),
    changed: () => state.change.promise,
    async close() {
      stop.abort(new Error("the process ends"));
      await Promise.all([following, state.pushed, ...state.saying.values()]);
    },
  };
}

/** Follows the records until the signal. */
async function follow(state: AnswerState): Promise<void> {
  const { cluster, log, signal } = state;
  try {
    await reflect({
      client: cluster.client,
      resources: [configMaps],
      namespace: cluster.namespace,
      labelSelector: `${orderLabel}=${cluster.instance}`,
      keep: readRecord,
      onChanges: (changes) => takeIn(state, changes),
      onState(now) {
        if (now.kind === "forbidden") log("warning", `challenges of authorities are not answered: ${now.message}`);
      },
      signal,
    });
  } catch (error) {
    log("error", "challenges of authorities are not answered, because of a bug", errorFields(error));
  }
}

function takeIn(state: AnswerState, changes: readonly Change<OrderRecord>[]): void {
  for (const { before, after } of changes) {
    const name = (after ?? before)?.name ?? "";
    give(state, name, after?.answers ?? {});
    if (after) {
      state.records.set(name, after);
      sayInTurn(state, name);
    } else for (const known of [state.records, state.given, state.answered]) known.delete(name);
  }
  tell(state);
}

/** Gives the compiler the answers of a record in place of those that it has for it. */
function give(state: AnswerState, name: string, answers: Answers): void {
  const before = state.given.get(name) ?? {};
  state.given.set(name, answers);
  pushSoon(state, [
    ...Object.keys(before)
      .filter((token) => !Object.hasOwn(answers, token))
      .map((key) => ({ kind: "challenge", key }) as const),
    ...Object.entries(answers)
      .filter(([token]) => !Object.hasOwn(before, token))
      .map(([key, value]) => ({ kind: "challenge", key, value }) as const),
  ]);
}

/** Answers of many orders are one change of the route tables. */
function pushSoon(state: AnswerState, edits: readonly CompilerEdit[]): void {
  if (edits.length === 0) return;
  state.waiting.push(...edits);
  state.pushed ??= pauseUnlessAborted(batchMs, state.signal).then(() => {
    state.door.push(state.waiting.splice(0));
    state.pushed = undefined;
  });
}
