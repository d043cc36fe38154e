/**
 * The storage behind every collection. It knows what has changed since its dependents were last told (`delta`) and
 * since the commit began (`before`), both net: a value that comes back is no change and is the old object again.
 */
import { equal } from "#base/equal.ts";
import type { Collection, ReadRef } from "./graph.ts";

/** What is known about the commit that is going on. */
export interface CommitState {
  number: number;
  /** Nothing has been completed so far, in however many commits. */
  first: boolean;
  running: boolean;
  /** Whether the previous commit has left work. */
  interrupted: boolean;
  /** Whether that work has let keys come or go, or members change their groups, and so may not be seen in part. */
  moved: boolean;
  /** The collections that this commit has changed. */
  readonly touched: Set<Stored<unknown>>;
}

/** Whatever recomputes a key of its own when told that a key it depends on has changed. */
export interface Dependent {
  /** `old` is what an input was before; nothing for a new one. */
  wake(key: string, old?: unknown): void;
  /** The same for all keys of a collection that has just got its first ones. */
  wakeAll(values: ReadonlyMap<string, unknown>): void;
}

/** The reads of a collection by one node in one way, as the collection sees them. */
export interface Readers {
  readonly how: ReadRef["how"];
  /** Another one whenever readers have come or gone. */
  readonly version: number;
  /** The keys that are read, apart from those that a reader's own input key names. */
  keys(): Iterable<string>;
  /** Wakes every reader of a key. */
  wake(key: string): void;
}

/** Keys that have changed. */
export interface ChangedKeys {
  readonly size: number;
  keys(): Iterable<string>;
}

/** The place of a collection in the graph; `order` counts declarations. */
export interface Place {
  readonly name: string;
  readonly order: number;
  readonly state: CommitState;
}

/** A collection as its own node sees it. A value of `undefined` is the same as no value. */
export class Stored<T> implements Collection<T> {
  readonly name: string;
  readonly order: number;
  readonly state: CommitState;
  /** Nodes whose input this is: they are woken for every changed key. */
  readonly consumers: Dependent[] = [];
  /** Reads of single keys by nodes. */
  readonly edges: Readers[] = [];
  private readonly values = new Map<string, T>();
  /** What `wanted` found, and when. */
  private read: { readonly version: number; readonly keys: ReadonlySet<string> } | undefined;
  /** Nothing was ever here: what comes is compared with nothing, and told as a whole. */
  private isNew = true;
  /** All keys came in the commit that is going on. */
  private isNewInCommit = false;
  private delta = new Map<string, T | undefined>();
  private before = new Map<string, T | undefined>();
  /** Last commit per key; only those after everything was there for the first time, for which 1 stands. */
  private readonly commits = new Map<string, number>();

  constructor(place: Place) {
    this.name = place.name;
    this.order = place.order;
    this.state = place.state;
  }

  get size(): number {
    return this.values.size;
  }

  /** The keys whose values were read, whether there is one or not; the same set as long as these are the same. */
  wanted(): ReadonlySet<string> {
    const edges = this.edges.filter(({ how }) => how !== "has");
    const version = edges.reduce((sum, edge) => sum + edge.version, 0);
    if (this.read?.version !== version)
      this.read = { version, keys: new Set(edges.flatMap((edge) => [...edge.keys()])) };
    return this.read.keys;
  }

  get(key: string): T | undefined {
    return this.values.get(key);
  }

  keys(): Iterable<string> {
    return this.values.keys();
  }

  entries(): Iterable<readonly [string, T]> {
    return this.values.entries();
  }

  /** The last commit that changed a key which exists. */
  commitOf(key: string): number {
    return this.commits.get(key) ?? 1;
  }

  /** Stores a value unless it is equal to the present one. */
  put(key: string, value: T | undefined): void {
    if (value === undefined) this.remove(key);
    else this.replace(key, value);
  }

  /** Takes a key away. */
  remove(key: string): void {
    const present = this.values.get(key);
    if (present === undefined) return;
    if (this.isNew) {
      this.values.delete(key);
      return;
    }
    if (!this.delta.has(key)) this.delta.set(key, present);
    else if (this.delta.get(key) === undefined) this.delta.delete(key);
    this.values.delete(key);
  }

  /** Tells all dependents what has changed since the last time. */
  flush(): void {
    if (this.isNew) this.flushFirst();
    if (this.delta.size === 0) return;
    const delta = this.delta;
    this.delta = new Map();
    for (const [key, old] of delta) this.announce(key, old);
    this.note(delta);
  }

  /** The keys whose value is not what it was before the commit; starts anew. Good until the next commit. */
  takeChanges(): ChangedKeys {
    if (this.isNewInCommit) {
      this.isNewInCommit = false;
      return this.values;
    }
    const changes = this.before;
    this.before = new Map();
    return changes;
  }

  private flushFirst(): void {
    if (this.values.size === 0) return;
    this.isNew = false;
    this.isNewInCommit = true;
    this.state.touched.add(this);
    if (this.isRead) this.state.moved = true;
    for (const consumer of this.consumers) consumer.wakeAll(this.values);
    for (const edge of this.edges) for (const key of this.values.keys()) edge.wake(key);
    if (!this.state.first) for (const key of this.values.keys()) this.commits.set(key, this.state.number);
  }

  private replace(key: string, value: T): void {
    if (this.isNew) {
      this.values.set(key, value);
      return;
    }
    const present = this.values.get(key);
    if (present !== undefined && unchanged(present, value)) return;
    if (!this.delta.has(key)) {
      this.delta.set(key, present);
    } else {
      const old = this.delta.get(key);
      if (old !== undefined && unchanged(old, value)) {
        this.delta.delete(key);
        this.values.set(key, old);
        return;
      }
    }
    this.values.set(key, value);
  }

  private get isRead(): boolean {
    return this.consumers.length > 0 || this.edges.length > 0;
  }

  private announce(key: string, old: T | undefined): void {
    const isThere = this.values.has(key);
    const cameOrWent = old === undefined || !isThere;
    if (cameOrWent && this.isRead) this.state.moved = true;
    for (const consumer of this.consumers) consumer.wake(key, old);
    for (const edge of this.edges) if (cameOrWent || edge.how !== "has") edge.wake(key);
    if (!isThere) this.commits.delete(key);
    else if (!this.state.first) this.commits.set(key, this.state.number);
  }

  private note(delta: Map<string, T | undefined>): void {
    if (this.isNewInCommit) return;
    this.state.touched.add(this);
    if (this.before.size === 0) {
      this.before = delta;
      return;
    }
    for (const [key, old] of delta) this.noteKey(key, old);
  }

  private noteKey(key: string, old: T | undefined): void {
    if (!this.before.has(key)) {
      this.before.set(key, old);
      return;
    }
    const first = this.before.get(key);
    const present = this.values.get(key);
    if (first === undefined ? present !== undefined : present === undefined || !unchanged(first, present)) return;
    this.before.delete(key);
    if (first !== undefined) this.values.set(key, first);
  }
}

function unchanged(a: unknown, b: unknown): boolean {
  try {
    return equal(a, b);
  } catch (error) {
    // Too deep to compare: taking it for a change is always right, only slower.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
