/**
 * The status of the kinds for which the old system wrote none: one condition, `Ready`, that says whether the object is
 * in force. Conditions of others stay as they are.
 */
import { fieldsOf, list, text } from "#base/fields.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { reasonOf, waitingReason } from "./reason.ts";
import type { DesiredStatus, Standing, StatusContext } from "./standing.ts";

/** What it should say; undefined: what it says. */
export function readyStatus(
  object: ClusterObject,
  standing: Standing,
  { now }: StatusContext,
): DesiredStatus | undefined {
  const { status, reason, message } = saying(standing);
  const seen = list(fieldsOf(object.status), "conditions");
  const before = seen.find(({ type }) => type === "Ready");
  // Whom it waits for changes as they catch up, which is not worth a write each time.
  if (reason === waiting && before?.["reason"] === waiting && before["observedGeneration"] === object.generation)
    return undefined;
  const ready = {
    type: "Ready",
    status,
    reason,
    message,
    observedGeneration: object.generation,
    lastTransitionTime: before?.["status"] === status ? (text(before, "lastTransitionTime") ?? now) : now,
  };
  return { conditions: before ? seen.map((one) => (one === before ? ready : one)) : [...seen, ready] };
}

const waiting = "Waiting";

function saying({ errors, behind = [] }: Standing) {
  const [first] = errors;
  if (first) return { status: "False", reason: inOneWord(first.code), message: reasonOf(errors) };
  if (behind.length > 0) return { status: "Unknown", reason: waiting, message: waitingReason(behind) };
  return { status: "True", reason: "InForce", message: "it is in force" };
}

/** `tls/unusable-secret` → `UnusableSecret`, as reasons are written. */
function inOneWord(code: string): string {
  const words = code.slice(code.indexOf("/") + 1).split("-");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
