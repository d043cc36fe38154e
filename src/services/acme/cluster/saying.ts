/**
 * Says on the record of an order what this replica's own Envoy answers: to whoever orders in this process at once, and
 * to another one by an annotation of the record.
 */
import { errorFields } from "#base/log.ts";
import { ApiFailure } from "../../../control/kube/failure.ts";
import { isOutside } from "../../../control/kube/outside.ts";
import { configMaps, objectPath } from "../../../control/kube/resource.ts";
import { isServed } from "../served.ts";
import { type AnswerState, tell } from "./answer-state.ts";
import { digest, seenPatch } from "./order-record.ts";

/** Says it, after what is being said of the same record. */
export function sayInTurn(state: AnswerState, name: string): void {
  const { saying, signal, log } = state;
  const said = (saying.get(name) ?? Promise.resolve())
    .then(() => say(state, name))
    .catch((error: unknown) => {
      // An order that is over need not be told.
      if (signal.aborted || (error instanceof ApiFailure && error.status === 404)) return;
      const what = "whoever orders a certificate cannot be told that this replica answers";
      if (isOutside(error)) log("warning", what, errorFields(error));
      else log("error", `${what}, because of a bug`, errorFields(error));
    })
    .finally(() => {
      if (saying.get(name) === said) saying.delete(name);
    });
  saying.set(name, said);
}

/** Says of a record what is answered by now; what it is to be may be something else again by then. */
async function say(state: AnswerState, name: string): Promise<void> {
  const { records, answered, replica, door, signal } = state;
  for (;;) {
    const record = records.get(name);
    if (!record || signal.aborted) return;
    const seen = digest(record.answers);
    const isLeader = record.leader === replica;
    if ((isLeader ? answered.get(name) : record.seen.get(replica)) === seen) return;
    await state.pushed;
    if (Object.keys(record.answers).length > 0 && !(await isServed(door, signal))) return;
    if (isLeader) noteAnswered(state, name, seen);
    else await sign(state, name, seen);
    if (records.get(name) === record) return;
  }
}

/** Tells whoever orders in this process. */
function noteAnswered(state: AnswerState, name: string, seen: string): void {
  if (state.records.has(name)) state.answered.set(name, seen);
  tell(state);
}

/** Tells whoever orders in another one. */
async function sign({ cluster, replica, signal }: AnswerState, name: string, seen: string): Promise<void> {
  const path = objectPath(configMaps, { namespace: cluster.namespace, name });
  const contentType = "application/merge-patch+json";
  const body = seenPatch(replica, seen);
  await cluster.client.ask({ method: "PATCH", path, contentType, body, attempts: 5, signal });
}
