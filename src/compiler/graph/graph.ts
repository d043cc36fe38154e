/**
 * The vocabulary of the keyed derived collections that the whole compiler is declared with.
 * A graph is declared once, from sources through transformations; afterwards only sources are written, and each
 * commit recomputes exactly the keys that a change can reach. The laws are in the README of this folder.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";

/** Values by key. A value is immutable: a change is always a new object, and an unchanged value stays the same one. */
export interface Collection<T> {
  readonly name: string;
  get(key: string): T | undefined;
  keys(): Iterable<string>;
  entries(): Iterable<readonly [string, T]>;
  readonly size: number;
}

/** A collection that is written from outside. Edits take effect at the next commit; the last write per key wins. */
export interface Source<T> extends Collection<T> {
  set(key: string, value: T): void;
  delete(key: string): void;
  /** The keys that transformations have read, whether there is a value or not: what could be written with an effect. */
  wanted(): ReadonlySet<string>;
}

/** The members of a collection by one or more values each; read through `Reads.lookup`. */
export interface Index<T> {
  readonly name: string;
  /** Never there at run time: it ties the index to the type of its members. */
  readonly member?: T;
}

/** The only way for a transformation to see anything but its own input; every read becomes a dependency. */
export interface Reads {
  /** The value under a key; a miss is a dependency too. */
  get<T>(from: Collection<T>, key: string): T | undefined;
  /** The members that have a value, in key order; the same array as long as nothing in it changed. */
  lookup<T>(index: Index<T>, value: string): readonly T[];
  /** Whether a key exists; wakes the reader only when the key appears or disappears. */
  has(from: Collection<unknown>, key: string): boolean;
}

/** What a transformation gives for one input: any number of outputs, and what there is to say about it. */
export interface Derived<O> {
  readonly out: Iterable<readonly [key: string, value: O]>;
  readonly diagnostics?: readonly Diagnostic[];
}

/** A declared network of collections. A collection may only read those declared before it. */
export interface Graph {
  source<T>(name: string): Source<T>;
  /** One run of `fn` per input key; an output key has exactly one owner. */
  map<I, O>(name: string, over: Collection<I>, fn: (item: I, reads: Reads, key: string) => Derived<O>): Collection<O>;
  /** One run at first and one whenever something it read changed; may output several keys. */
  value<O>(name: string, fn: (reads: Reads) => Derived<O>): Collection<O>;
  /** Members by group key, sorted by `order`, ties by input key; empty groups vanish. */
  group<I>(
    name: string,
    over: Collection<I>,
    by: (item: I, key: string) => readonly string[],
    order: (a: I, b: I) => number,
  ): Collection<readonly I[]>;
  /** How many members there are by group key; empty groups vanish. Costs no more in a group of very many. */
  count<I>(name: string, over: Collection<I>, by: (item: I, key: string) => readonly string[]): Collection<number>;
  /** Members by value, for `Reads.lookup`. */
  index<T>(name: string, of: Collection<T>, values: (item: T, key: string) => readonly string[]): Index<T>;
  /** All parts as one collection; of two values under one key the earlier part's is used, and it is reported. */
  union<T>(name: string, ...parts: readonly Collection<T>[]): Collection<T>;
  /** The keys of a collection whose values were read, whether there is one or not; the same set as long as they are. */
  wanted(of: Collection<unknown>): ReadonlySet<string>;
  /** One collection per part; `by` decides which one a value belongs to. A part may be asked for at any time. */
  split<I>(name: string, over: Collection<I>, by: (item: I) => string): (part: string) => Collection<I>;
  /** All non-empty lists of diagnostics, by `${node}\u0000${inputKey}`. */
  readonly diagnostics: Collection<readonly Diagnostic[]>;
  /**
   * Applies the pending edits and recomputes what they reach. `mayContinue` is asked between keys; when it answers
   * false the rest waits for the next commit, which first does the edits made since, and then the rest. Between the two
   * it stops once, if what the edits have changed can be used alone (`overtook`).
   */
  commit(mayContinue?: () => boolean): Changes;
  /** Everything that is known about one key of one collection, for people who debug. */
  inspect(collection: string, key: string): Inspection | undefined;
}

/** What one commit did. Every key is reported by the commit in which its value changed. */
export interface Changes {
  /** False while work of an interrupted commit is left. */
  readonly done: boolean;
  /**
   * The edits since the last commit are through, and have overtaken a change that is not: what is reported is their
   * effect alone. What else they have read of that change is whole, because it has moved nothing so far: each value is
   * as it was or as it will be, and none is missing.
   */
  readonly overtook: boolean;
  /** The number of this commit; the first is 1. */
  readonly commit: number;
  /**
   * The keys whose value is another one than before the commit, appeared and disappeared ones included. To be asked
   * before the next commit.
   */
  changed(of: Collection<unknown>): ReadonlySet<string>;
  readonly diagnosticsChanged: boolean;
}

/** One key of one collection of the graph, by name. */
export interface KeyRef {
  readonly collection: string;
  readonly key: string;
}

/** Something that a transformation read: `how` says by which method of `Reads`. */
export interface ReadRef extends KeyRef {
  readonly how: "get" | "has" | "lookup";
}

/** Everything that is known about one key of one collection. */
export interface Inspection extends KeyRef {
  readonly kind: "source" | "map" | "value" | "group" | "count" | "index" | "union" | "split";
  readonly value: unknown;
  /** The keys that this one is made from. */
  readonly inputs: readonly KeyRef[];
  /** What was read on the way, apart from the inputs. */
  readonly reads: readonly ReadRef[];
  /** Every key that the same inputs give, this one included. */
  readonly outputs: readonly KeyRef[];
  readonly diagnostics: readonly Diagnostic[];
  /** The last commit that changed the value. */
  readonly commit: number;
}

/** How a graph treats bugs of its transformations, and whom it blames for them. */
export interface GraphOptions {
  /** Commits throw, at their end, on a duplicate output key or a failed transformation. Default true. */
  readonly strict?: boolean;
  /** The object that an input of a transformation comes from; where unknown, the node itself is named. */
  readonly originOf?: (item: unknown) => Origin | undefined;
}
