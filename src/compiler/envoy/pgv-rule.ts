/**
 * What the compiled protoc-gen-validate rules have in common: the form of a check and the rules that every kind has.
 */

/** What is wrong with a value, if anything. */
export type ValueCheck = (value: unknown) => string | undefined;

/** Makes the check for one rule of a set; nothing for a rule that only modifies another. */
export type Makers<R> = Readonly<Record<string, (rules: R) => ValueCheck | undefined>>;

/** A rule's bound where it is set; the default of an unset one lives on the prototype and means nothing here. */
export function own<R extends object, K extends keyof R>(rules: R, name: K): R[K] | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** Value must be one of the list. */
export function inList(list: readonly unknown[]): ValueCheck {
  const allowed = new Set(list);
  return (value) => (allowed.has(value) ? undefined : `value must be in list [${list.join(", ")}]`);
}

/** Value must be none of the list. */
export function notInList(list: readonly unknown[]): ValueCheck {
  const banned = new Set(list);
  return (value) => (banned.has(value) ? `value must not be in list [${list.join(", ")}]` : undefined);
}
