/** Lists of reads: what one run of a transformation has read, in the form in which very many of them are kept. */
import { Edge } from "./edge.ts";

/** Stands for the reader's own input key: such reads need no entry of their own, and look alike for all inputs. */
export const own = null;

/** Edge, key, edge, key … of one run. */
export type ReadList = Readonly<Recorded>;

/** The same while it is made. */
export type Recorded = (Edge | string | typeof own)[];

/** No reads. */
export const none: ReadList = [];

/** Whether they are the same reads in the same order. */
export function sameReads(a: ReadList, b: ReadList): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The first of every read. */
export function withoutRepeats(reads: ReadList): ReadList {
  const kept: Recorded = [];
  const keep: Visit<Map<Edge, Set<string | typeof own>>> = (edge, key, seen) => {
    const keys = seen.get(edge) ?? new Set();
    if (!keys.has(key)) kept.push(edge, key);
    seen.set(edge, keys.add(key));
  };
  forEach(reads, keep, new Map());
  return kept;
}

type Visit<A> = (edge: Edge, key: string | typeof own, argument: A) => void;

/** Adds a reader to what it has read. */
export const addReader: Visit<string> = (edge, key, inputKey) => {
  if (key !== own) edge.add(key, inputKey);
};

/** Takes it out again. */
export const removeReader: Visit<string> = (edge, key, inputKey) => {
  if (key !== own) edge.remove(key, inputKey);
};

/** Makes a read one that all keys but the listed ones have made, or no longer. */
export const makeUsual: Visit<boolean> = (edge, key, isUsual) => {
  if (key !== own) edge.setUsual(key, isUsual);
};

/** Visits each read. The argument is handed on, so that nearly all visits do without a function of their own. */
export function forEach<A>(reads: ReadList, visit: Visit<A>, argument: A): void {
  for (let i = 0; i < reads.length; i += 2) {
    const edge = reads[i];
    const key = reads[i + 1];
    if (edge instanceof Edge && (typeof key === "string" || key === own)) visit(edge, key, argument);
  }
}
