/**
 * Whether what was read back is a last good version or a refusal: somebody may have edited what was stored, and the
 * compiler takes both without a further look.
 */
import type { LastGood, RawObject, Refusal } from "#compiler";
import { fieldsOf } from "./kube/fields.ts";

/** Whether a value is a last good version. */
export function isLastGood(value: unknown): value is LastGood {
  return isRawObject(fieldsOf(value)["object"]);
}

/** Whether a value is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  const { ref, hash, message, envoyVersion } = fieldsOf(value);
  return isRef(ref) && [hash, message, envoyVersion].every((text) => typeof text === "string");
}

function isRawObject(value: unknown): value is RawObject {
  const { ref, version, labels, annotations, body } = fieldsOf(value);
  const areTexts = [labels, annotations].every((map) => isRecord(map) && Object.values(map).every(isText));
  return isRef(ref) && isText(version) && areTexts && isRecord(body);
}

function isRef(value: unknown): boolean {
  const { group, kind, namespace, name } = fieldsOf(value);
  return [group, kind, namespace, name].every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
