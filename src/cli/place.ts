/** Origins in plain data become places that people can open: the object, its file and line. */
import { formatRef, type Origin } from "#base/origin.ts";
import { printable } from "#base/printable.ts";
import type { Locate } from "#base/render-diagnostic.ts";

/** Where something stands. */
export interface Place {
  readonly object: string;
  readonly file?: string;
  readonly line?: number;
}

/** The same data with places for origins. */
export type Placed<T> = T extends Origin ? Place : T extends object ? { readonly [K in keyof T]: Placed<T[K]> } : T;

/** Replaces every origin. */
export function place<T>(value: T, locate: Locate): Placed<T> {
  return placed(value, locate) as Placed<T>;
}

function placed(value: unknown, locate: Locate): unknown {
  if (Array.isArray(value)) return value.map((item) => placed(item, locate));
  if (typeof value !== "object" || value === null) return value;
  if (isOrigin(value)) {
    const position = locate(value);
    const object = formatRef(value.ref);
    return position ? { object, file: position.file, line: position.line } : { object };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, placed(inner, locate)]));
}

function isOrigin(value: object): value is Origin {
  return "ref" in value && "path" in value && typeof value.ref === "object";
}

/** The place on one line. */
export function formatPlace({ object, file, line }: Place): string {
  return printable(file === undefined ? object : `${object}  ${file}:${line}`);
}
