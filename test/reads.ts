/** What stage functions read, for tests of one function at a time: collections and indexes as literals. */
import type { Collection, Index, Reads } from "../src/compiler/graph/index.ts";

/** A collection with these values. */
export function collection<T>(values: Readonly<Record<string, T>> = {}): Collection<T> {
  const map = new Map(Object.entries(values));
  return {
    name: "literal",
    size: map.size,
    get: (key) => map.get(key),
    keys: () => map.keys(),
    entries: () => map.entries(),
  };
}

interface LiteralIndex<T> extends Index<T> {
  readonly values: Readonly<Record<string, readonly T[]>>;
}

/** An index with these members. */
export function index<T>(values: Readonly<Record<string, readonly T[]>> = {}): Index<T> {
  const literal: LiteralIndex<T> = { name: "literal", values };
  return literal;
}

/** Reads of such collections and indexes. */
export const reads: Reads = {
  get: (from, key) => from.get(key),
  has: (from, key) => from.get(key) !== undefined,
  lookup: (of, value) => {
    const { values } = of as LiteralIndex<never>;
    return (Object.hasOwn(values, value) && values[value]) || [];
  },
};
