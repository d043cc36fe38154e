/** Origins in plain data become places that people can open: the object, its field, its file and line. */
import { formatRef, type Origin } from "#base/origin.ts";
import { printable } from "#base/printable.ts";
import type { Locate } from "#base/render-diagnostic.ts";

/** Where something stands. */
export interface Place {
  readonly object: string;
  /** Where it is not the object as a whole. */
  readonly field?: string;
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
    const named = { object: formatRef(value.ref), ...(value.path === "" ? {} : { field: value.path }) };
    return position ? { ...named, file: position.file, line: position.line } : named;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, placed(inner, locate)]));
}

function isOrigin(value: object): value is Origin {
  return "ref" in value && "path" in value && typeof value.ref === "object";
}

/** The object and its field. */
export function formatField({ object, field }: Place): string {
  return field === undefined ? object : `${object} ${field}`;
}

/** The place on one line. */
export function formatPlace(place: Place): string {
  const { file, line } = place;
  return printable(file === undefined ? formatField(place) : `${formatField(place)}  ${file}:${line}`);
}
