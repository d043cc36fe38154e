/**
 * What every replica does for challenges: follows the records of orders, gives their answers to the compiler, and says
 * on each record what its own Envoy answers, so that whoever orders knows when to go on.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { CompilerEdit } from "#compiler";
import type { CertificateCluster, CertificateDoor } from "../../../control/certificates.ts";
import { ApiFailure } from "../../../control/kube/failure.ts";
import { isOutside } from "../../../control/kube/outside.ts";
import { pauseUnlessAborted } from "../../../control/kube/pause.ts";
import { reflect } from "../../../control/kube/reflector.ts";
import { objectPath } from "../../../control/kube/resource.ts";
import { isServed } from "../served.ts";
import {
  type Answers,
  configMaps,
  digest,
  type OrderRecord,
  orderLabel,
  readRecord,
  replicaName,
  seenPatch,
} from "./order-record.ts";

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
  const known = new Map<string, OrderRecord>();
  const given = new Map<string, Answers>();
  const answered = new Map<string, string>();
  const saying = new Map<string, Promise<void>>();
  const replica = replicaName(cluster.replica);
  const waiting: CompilerEdit[] = [];
  let pushed: Promise<void> | undefined;
  let change = Promise.withResolvers<void>();

  function tell(): void {
    change.resolve();
    change = Promise.withResolvers<void>();
  }

  function give(name: string, answers: Answers): void {
    const before = given.get(name) ?? {};
    const edits: CompilerEdit[] = [
      ...Object.keys(before)
        .filter((token) => !Object.hasOwn(answers, token))
        .map((key) => ({ kind: "challenge", key }) as const),
      ...Object.entries(answers)
        .filter(([token]) => !Object.hasOwn(before, token))
        .map(([key, value]) => ({ kind: "challenge", key, value }) as const),
    ];
    given.set(name, answers);
    if (edits.length > 0) pushSoon(edits);
  }

  /** Answers of many orders are one change of the route tables. */
  function pushSoon(edits: readonly CompilerEdit[]): void {
    waiting.push(...edits);
    pushed ??= pauseUnlessAborted(batchMs, stop.signal).then(() => {
      door.push(waiting.splice(0));
      pushed = undefined;
    });
  }

  /** Says of a record what is answered by now; what it is to be may be something else again by then. */
  async function say(name: string): Promise<void> {
    for (;;) {
      const record = known.get(name);
      if (!record || stop.signal.aborted) return;
      const seen = digest(record.answers);
      const isLeader = record.leader === replica;
      if ((isLeader ? answered.get(name) : record.seen.get(replica)) === seen) return;
      await pushed;
      if (Object.keys(record.answers).length > 0 && !(await isServed(door, stop.signal))) return;
      if (isLeader) answer(name, seen);
      else await sign(name, seen);
      if (known.get(name) === record) return;
    }
  }

  /** Tells whoever orders in this process. */
  function answer(name: string, seen: string): void {
    if (known.has(name)) answered.set(name, seen);
    tell();
  }

  /** Tells whoever orders in another one. */
  async function sign(name: string, seen: string): Promise<void> {
    const path = objectPath(configMaps, { namespace: cluster.namespace, name });
    const contentType = "application/merge-patch+json";
    const body = seenPatch(replica, seen);
    await cluster.client.ask({ method: "PATCH", path, contentType, body, attempts: 5, signal: stop.signal });
  }

  function sayOnce(name: string): void {
    const saidBefore = saying.get(name) ?? Promise.resolve();
    const said = saidBefore
      .then(() => say(name))
      .catch((error: unknown) => {
        // An order that is over need not be told.
        if (stop.signal.aborted || (error instanceof ApiFailure && error.status === 404)) return;
        const what = "whoever orders a certificate cannot be told that this replica answers";
        if (isOutside(error)) log("warning", what, errorFields(error));
        else log("error", `${what}, because of a bug`, errorFields(error));
      })
      .finally(() => {
        if (saying.get(name) === said) saying.delete(name);
      });
    saying.set(name, said);
  }

  const reflecting = reflect({
    client: cluster.client,
    resources: [configMaps],
    namespace: cluster.namespace,
    labelSelector: `${orderLabel}=${cluster.instance}`,
    keep: readRecord,
    onChanges(changes) {
      for (const { before, after } of changes) {
        const name = (after ?? before)?.name ?? "";
        give(name, after?.answers ?? {});
        if (after) known.set(name, after);
        else {
          known.delete(name);
          given.delete(name);
          answered.delete(name);
        }
        if (after) sayOnce(name);
      }
      tell();
    },
    onState(state) {
      if (state.kind !== "forbidden") return;
      log("warning", `challenges of authorities are not answered: ${state.message}`);
    },
    signal: stop.signal,
  }).catch((error: unknown) => {
    log("error", "challenges of authorities are not answered, because of a bug", errorFields(error));
  });

  return {
    record: (name) => known.get(name),
    records: () => known.values(),
    answered: (name) => answered.get(name),
    changed: () => change.promise,
    async close() {
      stop.abort(new Error("the process ends"));
      await Promise.all([reflecting, pushed, ...saying.values()]);
    },
  };
}
