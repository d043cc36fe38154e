/**
 * The entries of a state, one for each object, and their texts as a cluster stores them. Somebody may have edited what
 * is read back.
 */
import { createHash } from "node:crypto";
import { fieldsOf, valueOfJson } from "#base/fields.ts";
import type { LastGood, Refusal } from "#compiler";
import { isLastGood, isRefusal } from "./entry.ts";
import type { State } from "./file.ts";

/** One entry: what the compiler is given, and what is stored. */
export type Entry =
  | { readonly kind: "lastGood"; readonly key: string; readonly value: LastGood }
  | { readonly kind: "refusal"; readonly key: string; readonly value: Refusal };

/** All entries of a state. */
export function entriesOf({ lastGood, refusals }: State): readonly Entry[] {
  return [
    ...Object.entries(lastGood).map(([key, value]) => ({ kind: "lastGood", key, value }) as const),
    ...Object.entries(refusals).map(([key, value]) => ({ kind: "refusal", key, value }) as const),
  ];
}

/** The state that entries make. */
export function stateOf(entries: readonly Entry[]): State {
  return {
    lastGood: Object.fromEntries(entries.flatMap((e) => (e.kind === "lastGood" ? [[e.key, e.value]] : []))),
    refusals: Object.fromEntries(entries.flatMap((e) => (e.kind === "refusal" ? [[e.key, e.value]] : []))),
  };
}

/** Whether an entry holds what only a Secret may hold. */
export function isSecret(entry: Entry): boolean {
  return entry.kind === "lastGood" && entry.value.object.ref.kind === "Secret";
}

/** Entries as texts; a key of data has few letters to choose from, so it is a hash. */
export function textsOf(entries: readonly Entry[]): ReadonlyMap<string, string> {
  return new Map(
    entries.map((entry) => [
      createHash("sha256").update(`${entry.kind} ${entry.key}`).digest("hex").slice(0, 32),
      JSON.stringify(entry),
    ]),
  );
}

/** What a text says; what is no entry is left out. */
export function entryIn(content: string): readonly Entry[] {
  const { kind, key, value } = fieldsOf(valueOfJson(content));
  if (typeof key !== "string") return [];
  if (kind === "lastGood" && isLastGood(value)) return [{ kind, key, value }];
  return kind === "refusal" && isRefusal(value) ? [{ kind, key, value }] : [];
}
