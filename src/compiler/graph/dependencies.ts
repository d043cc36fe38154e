/**
 * Who has read what. Each node records the reads of each of its input keys as a set, and each collection can find
 * the readers of a key. Both sides are kept small: a key without reads stores nothing, a single reader is one string.
 */

import type { ReadRef } from "./graph.ts";
import { addMember, type Members, membersOf, removeMember } from "./members.ts";
import type { Dependent, Readers, Stored } from "./stored.ts";

/** All reads of one collection by one node in one way. */
export class Edge implements Readers {
  readonly from: Stored<unknown>;
  readonly how: ReadRef["how"];
  version = 0;
  /** Input keys of the reading node, by the key that they read. */
  private readonly readers = new Map<string, Members>();
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

  keys(): Iterable<string> {
    return this.readers.keys();
  }

  wake(key: string): void {
    if (this.owner.readsOwn(this, key)) this.owner.reader.wake(key);
    for (const inputKey of membersOf(this.readers, key)) this.owner.reader.wake(inputKey);
  }
}

/** Stands for the reader's own input key: such reads need no entry of their own, and look alike for all inputs. */
const own = null;

/** Edge, key, edge, key … of one run. */
type ReadList = readonly (Edge | string | typeof own)[];

const none: ReadList = [];

/** Beyond so many reads a run is no longer searched for repeated ones; `Edge.add` finds those. */
const searchedReads = 32;

/** The reads of all input keys of one node. */
export class Dependencies {
  readonly reader: Dependent;
  private readonly edges: Edge[] = [];
  private readonly reads = new Map<string, ReadList>();
  private readonly recorded: (Edge | string | typeof own)[] = [];
  /** What was remembered last: many input keys read exactly the same, and share one list. */
  private latest: ReadList = none;

  constructor(reader: Dependent) {
    this.reader = reader;
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
    const previous = this.reads.get(inputKey);
    if (previous === undefined ? recorded.length > 0 : !sameReads(previous, recorded)) {
      this.forget(inputKey);
      this.remember(inputKey);
    }
    recorded.length = 0;
  }

  /** Removes every trace of an input key. */
  forget(inputKey: string): void {
    const previous = this.reads.get(inputKey);
    if (previous === undefined) return;
    this.reads.delete(inputKey);
    if (this.reads.size === 0) this.latest = none;
    forEach(previous, (edge, key) => {
      if (key !== own) edge.remove(key, inputKey);
    });
  }

  /** What an input key has read. */
  of(inputKey: string): readonly ReadRef[] {
    const refs: ReadRef[] = [];
    forEach(this.reads.get(inputKey) ?? none, (edge, key) => {
      refs.push({ collection: edge.from.name, key: key ?? inputKey, how: edge.how });
    });
    return refs;
  }

  /** Whether an input key has read its own key there. */
  readsOwn(edge: Edge, inputKey: string): boolean {
    const reads = this.reads.get(inputKey) ?? none;
    for (let i = 0; i < reads.length; i += 2) if (reads[i] === edge && reads[i + 1] === own) return true;
    return false;
  }

  private remember(inputKey: string): void {
    const reads: (Edge | string | typeof own)[] = [];
    forEach(this.recorded, (edge, key) => {
      if (key === own || edge.add(key, inputKey)) reads.push(edge, key);
    });
    if (reads.length === 0) return;
    if (!sameReads(this.latest, reads)) this.latest = reads.slice();
    this.reads.set(inputKey, this.latest);
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

function forEach(reads: ReadList, visit: (edge: Edge, key: string | typeof own) => void): void {
  for (let i = 0; i < reads.length; i += 2) {
    const edge = reads[i];
    const key = reads[i + 1];
    if (edge instanceof Edge && (typeof key === "string" || key === own)) visit(edge, key);
  }
}
