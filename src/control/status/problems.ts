/** What is wrong, by object, and what has become of it since it was looked at last. */
import type { Diagnostic } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { refKey } from "#base/origin.ts";

/** Errors and warnings by the `refKey` of their object, in the order of the report. */
export type Problems = ReadonlyMap<string, readonly Diagnostic[]>;

/** Sorts them by object. */
export function problemsOf(diagnostics: readonly Diagnostic[]): Problems {
  return Map.groupBy(
    diagnostics.filter(({ severity }) => severity !== "notice"),
    ({ at }) => refKey(at.ref),
  );
}

/** The objects of which something else is wrong than before. */
export function* changedProblems(before: Problems, now: Problems): Iterable<string> {
  for (const [key, problems] of now) if (!equal(before.get(key), problems)) yield key;
  for (const key of before.keys()) if (!now.has(key)) yield key;
}
