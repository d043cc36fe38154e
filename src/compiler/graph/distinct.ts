/** The groups that one member names. */

/** Keys without repetitions; nearly always there is one, and then the list itself will do. */
export function distinct(keys: readonly string[]): readonly string[] {
  return keys.length < 2 ? keys : [...new Set(keys)];
}
