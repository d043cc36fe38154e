/**
 * Who has read what. Each node records the reads of each of its input keys as a set, and each collection can find
 * the readers of a key. Both sides are kept small: nearly all input keys of a node have read the same, which is then
 * kept once, and nothing for any of them; of what is left a single reader is one string.
 */

import type { ReadRef } from "./graph.ts";
import { addMember, type Members, membersOf, removeMember } from "./members.ts";
import type { Dependent, Readers, Stored } from "./stored.ts";

/** All reads of one collection by one node in one way. */
export class Edge implements Readers {
  readonly from: Stored<unknown>;
  readonly how: ReadRef["how"];
  version = 0;
  /** Input keys of the reading node, by the key that they read, apart from those with the usual reads. */
  private readonly readers = new Map<string, Members>();
  /** The keys that are among the usual reads. */
  private readonly usual = new Set<string>();
  private readonly owner: Dependencies;

  constructor(from: Stored<unknown>, how: ReadRef["how"], owner: Dependencies) {
    this.from = from;
    this.how = how;
    this.owner = owner;
    from.edges.push(this);
  }

  /** Adds a reader of a key; false when it was one already. */
  add(key: string, inputKey: string): boolean {
    this.version++;
    return addMember(this.readers, key, inputKey);
  }

  remove(key: string, inputKey: string): void {
    this.version++;
    removeMember(this.readers, key, inputKey);
  }

  /** Makes a key one of the usual reads, or no longer. */
  setUsual(key: string, isUsual: boolean): void {
    this.version++;
    if (isUsual) this.usual.add(key);
    else this.usual.delete(key);
  }

  keys(): Iterable<string> {
    return [...this.usual, ...this.readers.keys()];
  }

  wake(key: string): void {
    if (this.owner.readsOwn(this, key)) this.owner.reader.wake(key);
    if (this.usual.has(key)) this.owner.wakeUsual();
    for (const inputKey of membersOf(this.readers, key)) this.owner.reader.wake(inputKey);
  }
}

/** Stands for the reader's own input key: such reads need no entry of their own, and look alike for all inputs. */
const own = null;

/** Edge, key, edge, key … of one run. */
type ReadList = readonly (Edge | string | typeof own)[];

const none: ReadList = [];

/** Beyond so many reads a run is no longer searched for repeated ones; those are found when they are listed. */
const searchedReads = 32;

/** The reads of all input keys of one node. */
export class Dependencies {
  readonly reader: Dependent;
  /** What the node runs over; absent if that is not known, and then nothing is usual. */
  private readonly over: Stored<unknown> | undefined;
  private readonly edges: Edge[] = [];
  /** What the input keys have read that `reads` does not list; at first this is what the first one has read. */
  private usual: ReadList | undefined;
  private readonly reads = new Map<string, ReadList>();
  private readonly recorded: (Edge | string | typeof own)[] = [];
  /** What was listed last: many input keys read exactly the same, and share one list. */
  private latest: ReadList = none;
  /** How often that was listed again since the last `tidy`. */
  private repeated = 0;

  constructor(reader: Dependent, over?: Stored<unknown>) {
    this.reader = reader;
    this.over = over;
  }

  /** Notes a read of the run that is going on. */
  record(from: Stored<unknown>, how: ReadRef["how"], key: string): void {
    const edge = this.edgeTo(from, how);
    const recorded = this.recorded;
    const searched = Math.min(recorded.length, searchedReads);
    for (let i = 0; i < searched; i += 2) if (recorded[i] === edge && recorded[i + 1] === key) return;
    recorded.push(edge, key);
  }

  /** Makes what was recorded since the last call the reads of an input key. */
  settle(inputKey: string): void {
    const { recorded } = this;
    for (let i = 1; i < recorded.length; i += 2) if (recorded[i] === inputKey) recorded[i] = own;
    if (this.over !== undefined && this.usual === undefined && recorded.length <= searchedReads)
      this.setUsual(recorded.slice());
    const listed = this.reads.get(inputKey);
    if (sameReads(this.usual ?? none, recorded)) {
      this.unlist(inputKey, listed);
    } else if (listed === undefined || !sameReads(listed, recorded)) {
      this.unlist(inputKey, listed);
      this.list(inputKey, this.share(recorded));
    }
    recorded.length = 0;
  }

  /** To be called when every input key has settled: makes usual what most have read, or nothing if that is nothing. */
  tidy(): void {
    const { over, usual, latest, repeated } = this;
    this.repeated = 0;
    if (over === undefined || usual === undefined || 2 * this.reads.size < over.size) return;
    const next = 2 * repeated > over.size ? latest : none;
    if (next === usual) return;
    for (const key of over.keys()) {
      const reads = this.reads.get(key);
      if (reads === undefined) this.list(key, usual);
      else if (sameReads(reads, next)) this.unlist(key, reads);
    }
    this.setUsual(over.size === 0 ? undefined : next);
  }

  /** Removes every trace of an input key. */
  forget(inputKey: string): void {
    this.unlist(inputKey, this.reads.get(inputKey));
  }

  /** What an input key has read. */
  of(inputKey: string): readonly ReadRef[] {
    const refs: ReadRef[] = [];
    forEach(this.readsOf(inputKey), (edge, key) => {
      refs.push({ collection: edge.from.name, key: key ?? inputKey, how: edge.how });
    });
    return refs;
  }

  /** Whether an input key has read its own key there. */
  readsOwn(edge: Edge, inputKey: string): boolean {
    const reads = this.readsOf(inputKey);
    for (let i = 0; i < reads.length; i += 2) if (reads[i] === edge && reads[i + 1] === own) return true;
    return false;
  }

  /** Wakes all input keys with the usual reads. */
  wakeUsual(): void {
    for (const key of this.over?.keys() ?? []) if (!this.reads.has(key)) this.reader.wake(key);
  }

  private readsOf(inputKey: string): ReadList {
    return this.reads.get(inputKey) ?? (this.over?.get(inputKey) === undefined ? none : (this.usual ?? none));
  }

  private setUsual(reads: ReadList | undefined): void {
    forEach(this.usual ?? none, (edge, key) => {
      if (key !== own) edge.setUsual(key, false);
    });
    this.usual = reads;
    forEach(reads ?? none, (edge, key) => {
      if (key !== own) edge.setUsual(key, true);
    });
  }

  private list(inputKey: string, reads: ReadList): void {
    this.reads.set(inputKey, reads);
    forEach(reads, (edge, key) => {
      if (key !== own) edge.add(key, inputKey);
    });
  }

  private unlist(inputKey: string, reads: ReadList | undefined): void {
    if (reads === undefined) return;
    this.reads.delete(inputKey);
    if (this.reads.size === 0) this.latest = none;
    forEach(reads, (edge, key) => {
      if (key !== own) edge.remove(key, inputKey);
    });
  }

  private share(recorded: ReadList): ReadList {
    const reads = recorded.length > searchedReads ? withoutRepeats(recorded) : recorded;
    if (sameReads(this.latest, reads)) this.repeated++;
    else this.latest = reads.slice();
    return this.latest;
  }

  private edgeTo(from: Stored<unknown>, how: ReadRef["how"]): Edge {
    for (const edge of this.edges) if (edge.from === from && edge.how === how) return edge;
    const edge = new Edge(from, how, this);
    this.edges.push(edge);
    return edge;
  }
}

function sameReads(a: ReadList, b: ReadList): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function withoutRepeats(reads: ReadList): ReadList {
  const seen = new Map<Edge, Set<string | typeof own>>();
  const kept: (Edge | string | typeof own)[] = [];
  forEach(reads, (edge, key) => {
    const keys = seen.get(edge) ?? new Set();
    if (!keys.has(key)) kept.push(edge, key);
    seen.set(edge, keys.add(key));
  });
  return kept;
}

function forEach(reads: ReadList, visit: (edge: Edge, key: string | typeof own) => void): void {
  for (let i = 0; i < reads.length; i += 2) {
    const edge = reads[i];
    const key = reads[i + 1];
    if (edge instanceof Edge && (typeof key === "string" || key === own)) visit(edge, key);
  }
}
