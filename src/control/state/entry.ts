/**
 * Whether what was read back is a last good version or a refusal: somebody may have edited what was stored, and the
 * compiler takes both without a further look.
 */
import { fieldsOf, isFields } from "#base/fields.ts";
import type { LastGood, RawObject, Refusal } from "#compiler";

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
  const areTexts = [labels, annotations].every((map) => isFields(map) && Object.values(map).every(isText));
  return isRef(ref) && isText(version) && areTexts && isFields(body);
}

function isRef(value: unknown): boolean {
  const { group, kind, namespace, name } = fieldsOf(value);
  return [group, kind, namespace, name].every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
