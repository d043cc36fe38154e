/** The groups of one member, as they are kept: nearly always it is one, which is then stored as itself. */

/** Group keys without repetitions; the empty one only in a list. */
export type Groups = string | readonly string[];

const none: readonly never[] = [];

/** What is kept of the groups that a member names. */
export function groupsOf(keys: readonly string[]): Groups {
  const first = keys[0];
  if (first === undefined) return none;
  return keys.length === 1 && first !== "" ? first : [...new Set(keys)];
}

/** The groups one by one. */
export function listOf(groups: Groups): readonly string[] {
  return typeof groups === "string" ? [groups] : groups;
}
