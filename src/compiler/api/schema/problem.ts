/**
 * What validation says about a value: where, what kind of problem, and in which words.
 */

/** `invalid`: the object cannot be used. `unknown`, `notYet`, `ignored`: the field has no effect. */
export interface Problem {
  readonly kind: "invalid" | "unknown" | "notYet" | "ignored";
  readonly steps: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

/** Where a validator is, and what it has found so far. */
export interface Trail {
  readonly steps: (string | number)[];
  readonly problems: Problem[];
}

/** A problem at the place where the validator is now. */
export function problemOf(
  kind: Problem["kind"],
  steps: readonly (string | number)[],
  message: string,
  hint?: string,
): Problem {
  return { kind, steps: [...steps], message, ...(hint === undefined ? {} : { hint }) };
}

/** A value as a message names it: its JSON type, and the value itself when it is a short scalar. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return value.length > 40 ? "string" : `string ${JSON.stringify(value)}`;
    case "number":
    case "boolean":
      return `${typeof value} ${value}`;
    case "object":
      return "object";
    default:
      return typeof value;
  }
}
