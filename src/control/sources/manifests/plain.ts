/**
 * Checks that a loaded value is what JSON could hold, and of a bounded size with every alias expanded: an alias bomb is
 * small in memory until somebody walks it, so this is the first walk, and it stops at the limits.
 */

import { type Fields, isFields } from "#base/fields.ts";
import type { Steps } from "./positions.ts";
import { maxDepth } from "./yaml.ts";

/** What is wrong with a value, and where. */
export interface PlainProblem {
  readonly problem: "too-large" | "too-deep" | "bad-number";
  readonly steps: Steps;
  readonly message: string;
}

/** How large one object may be. The API server of a cluster takes about half of `bytes`. */
export interface ObjectLimits {
  /** Characters of all strings and keys. */
  readonly bytes: number;
  readonly values: number;
}

/** The limits of an object read from a file. */
const objectLimits: ObjectLimits = { bytes: 3 << 20, values: 200_000 };

/** The problems of a value; a size problem is the last one, because the walk ends there. */
export function checkPlain(value: unknown, limits: ObjectLimits = objectLimits): readonly PlainProblem[] {
  const walk: Walk = { limits, problems: [], steps: [], bytes: 0, values: 0, largest: 0, largestAt: [] };
  visit(walk, value);
  return walk.problems;
}

interface Walk {
  readonly limits: ObjectLimits;
  readonly problems: PlainProblem[];
  readonly steps: (string | number)[];
  bytes: number;
  values: number;
  largest: number;
  largestAt: Steps;
}

const maxNumberProblems = 20;

/** False ends the walk. */
function visit(walk: Walk, value: unknown): boolean {
  if (++walk.values > walk.limits.values) return stop(walk, "too-large", walk.steps, tooManyValues(walk));
  if (typeof value === "string") return visitText(walk, value);
  if (typeof value === "number") return visitNumber(walk, value);
  const isList = Array.isArray(value);
  if (!isList && !isFields(value)) return true;
  if (walk.steps.length >= maxDepth)
    return stop(walk, "too-deep", walk.steps.slice(0, 8), `nested more than ${maxDepth} levels deep`);
  return isList ? visitItems(walk, value) : visitFields(walk, value);
}

function visitItems(walk: Walk, items: readonly unknown[]): boolean {
  return items.every((item, index) => visitBelow(walk, index, item));
}

function visitFields(walk: Walk, fields: Fields): boolean {
  for (const name of Object.keys(fields)) {
    walk.bytes += name.length;
    if (!visitBelow(walk, name, fields[name])) return false;
  }
  return true;
}

function visitBelow(walk: Walk, step: string | number, value: unknown): boolean {
  walk.steps.push(step);
  const goOn = visit(walk, value);
  walk.steps.pop();
  return goOn;
}

function visitText(walk: Walk, text: string): boolean {
  walk.bytes += text.length;
  if (text.length > walk.largest) {
    walk.largest = text.length;
    walk.largestAt = [...walk.steps];
  }
  if (walk.bytes <= walk.limits.bytes) return true;
  return stop(
    walk,
    "too-large",
    walk.largestAt,
    `an object may hold ${formatBytes(walk.limits.bytes)} of text, and this field alone holds ${formatBytes(walk.largest)}`,
  );
}

function visitNumber(walk: Walk, value: number): boolean {
  if (walk.problems.length >= maxNumberProblems) return true;
  if (!Number.isFinite(value)) {
    walk.problems.push({
      problem: "bad-number",
      steps: [...walk.steps],
      message: `${value} is not a number that JSON knows`,
    });
  } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message = "an integer beyond 2^53 cannot be read exactly";
    walk.problems.push({ problem: "bad-number", steps: [...walk.steps], message });
  }
  return true;
}

function tooManyValues(walk: Walk): string {
  return `an object may hold ${walk.limits.values} values, aliases expanded`;
}

function stop(walk: Walk, problem: "too-large" | "too-deep", steps: Steps, message: string): boolean {
  walk.problems.push({ problem, steps: [...steps], message });
  return false;
}

/** `32 MiB`, `700 KiB`, `12 bytes`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1 << 20) return `${Math.round(bytes / (1 << 20))} MiB`;
  return bytes >= 1 << 10 ? `${Math.round(bytes / (1 << 10))} KiB` : `${bytes} bytes`;
}
