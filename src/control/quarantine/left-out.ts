/**
 * Which objects are left out because of what Envoy refused, and the edits by which the compiler hears of it. What is
 * refused is the content that an object has: another one says nothing about it.
 */
import { type ResourceRef, refKey } from "#base/origin.ts";
import { printable } from "#base/printable.ts";
import { redact } from "#base/redact.ts";
import { type Compiler, type CompilerEdit, contentHash, type RawObject, type Refusal } from "#compiler";
import type { Refused } from "../xds/refusal.ts";
import type { RecentChange } from "./last-good.ts";

/** The objects that are left out. */
export interface LeftOut {
  readonly compiler: Compiler;
  /** Objects that changed lately, with the version before. */
  readonly recent: ReadonlyMap<string, RecentChange>;
  /** By `refKey`. */
  readonly refusals: Map<string, Refusal>;
}

/** Leaves objects out, as they are now. Their requests reach nothing else, unless what they match is left out, too. */
export function leaveOut(
  { compiler, recent, refusals }: LeftOut,
  refs: readonly ResourceRef[],
  refused: Refused,
  matchToo: boolean,
): CompilerEdit[] {
  const message = redact(printable(refused.message));
  const envoyVersion = minor(refused.envoyVersion);
  return refs.flatMap((ref): CompilerEdit[] => {
    const key = refKey(ref);
    const raw = objectAt(compiler, key);
    if (!raw) return [];
    const value: Refusal = {
      ref,
      hash: contentHash(raw),
      message,
      envoyVersion,
      ...(matchToo && { matchToo }),
      ...(refused.type === "extension" && { slot: refused.name }),
    };
    refusals.set(key, value);
    const previous = recent.get(key)?.previous;
    const refusal: CompilerEdit = { kind: "refusal", key, value };
    return previous ? [refusal, { kind: "lastGood", key, value: { object: previous } }] : [refusal];
  });
}

/** Lets objects back in. */
export function letIn({ refusals }: LeftOut, refs: readonly ResourceRef[]): CompilerEdit[] {
  for (const ref of refs) refusals.delete(refKey(ref));
  return refs.map((ref) => ({ kind: "refusal", key: refKey(ref) }));
}

/** Forgets what was refused of objects that these edits give another content. */
export function forgetChanged(leftOut: LeftOut, edits: readonly CompilerEdit[]): CompilerEdit[] {
  if (leftOut.refusals.size === 0) return [];
  const changed = edits.flatMap((edit) => {
    if (edit.kind !== "object" || !edit.value) return [];
    const key = refKey(edit.value.ref);
    const refusal = leftOut.refusals.get(key);
    return refusal && refusal.hash !== contentHash(edit.value) ? [key] : [];
  });
  return forget(leftOut, changed);
}

/** Forgets what was refused of objects that are gone. */
export function forgetGone(leftOut: LeftOut): CompilerEdit[] {
  const gone = [...leftOut.refusals.keys()].filter((key) => !objectAt(leftOut.compiler, key));
  return forget(leftOut, gone);
}

function forget({ refusals }: LeftOut, keys: readonly string[]): CompilerEdit[] {
  return keys.filter((key) => refusals.delete(key)).map((key) => ({ kind: "refusal", key }));
}

/** The object of this `refKey` that is in force, if there is one. */
export function objectAt({ declared }: Compiler, key: string): RawObject | undefined {
  return declared.objects.identities.get(key)?.[0];
}

/** `1.40.0` → `1.40`: what Envoy refuses does not change with a patch level. */
function minor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
