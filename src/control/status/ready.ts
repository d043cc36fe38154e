/**
 * The status of the kinds for which the old system wrote none: one condition, `Ready`, that says whether the object is
 * in force. Conditions of others stay as they are.
 */
import { fieldsOf, list, text } from "#base/fields.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";
import type { DesiredStatus, Standing, StatusContext } from "./desired.ts";
import { reasonOf } from "./reason.ts";

/** What it should say. */
export function readyStatus(object: ClusterObject, { errors }: Standing, { now }: StatusContext): DesiredStatus {
  const [first] = errors;
  const status = first ? "False" : "True";
  const seen = list(fieldsOf(object.status), "conditions");
  const before = seen.find(({ type }) => type === "Ready");
  const ready = {
    type: "Ready",
    status,
    reason: first ? inOneWord(first.code) : "InForce",
    message: first ? reasonOf(errors) : "it is in force",
    observedGeneration: object.generation,
    lastTransitionTime: before?.["status"] === status ? (text(before, "lastTransitionTime") ?? now) : now,
  };
  return { conditions: before ? seen.map((one) => (one === before ? ready : one)) : [...seen, ready] };
}

/** `tls/unusable-secret` → `UnusableSecret`, as reasons are written. */
function inOneWord(code: string): string {
  const words = code.slice(code.indexOf("/") + 1).split("-");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
