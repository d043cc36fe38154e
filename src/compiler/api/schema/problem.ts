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
  /** How many more problems are kept; what would spoil the object has room of its own, so that it is never missed. */
  readonly room: { invalid: number; other: number };
  /** Problems beyond that. */
  omitted: number;
  /** All problems of the kind `invalid`. */
  invalid: number;
}

const maxProblems = 100;

/** A trail that begins at a place. */
export function trailFrom(...steps: readonly string[]): Trail {
  return {
    steps: [...steps],
    problems: [],
    room: { invalid: maxProblems, other: maxProblems },
    omitted: 0,
    invalid: 0,
  };
}

/** Keeps a problem at the place where the validator is now, if there is room; the hint is only made then. */
export function addProblem(
  trail: Trail,
  kind: Problem["kind"],
  message: string,
  hintOf: () => string | undefined = () => undefined,
): void {
  const share = kind === "invalid" ? "invalid" : "other";
  if (kind === "invalid") trail.invalid++;
  if (trail.room[share] === 0) {
    trail.omitted++;
    return;
  }
  trail.room[share]--;
  const hint = hintOf();
  trail.problems.push({ kind, steps: trail.steps.map(shortened), message, ...(hint === undefined ? {} : { hint }) });
}

function shortened(step: string | number): string | number {
  return typeof step === "string" && step.length > 100 ? `${step.slice(0, 100)}…` : step;
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
