/**
 * What each input key of a node has read. Nearly all have read the same, which is then kept once, and nothing for any
 * of them: only what others have read is listed by input key.
 */
import { Edge, type Reading } from "./edge.ts";
import type { ReadRef } from "./graph.ts";
import {
  addReader,
  forEach,
  makeUsual,
  none,
  own,
  type ReadList,
  type Recorded,
  removeReader,
  sameReads,
  withoutRepeats,
} from "./read-list.ts";
import type { Dependent, Stored } from "./stored.ts";

/** Beyond so many reads a run is no longer searched for repeated ones; those are found when they are listed. */
const searchedReads = 32;

/** The reads of all input keys of one node. */
export class Dependencies implements Reading {
  readonly reader: Dependent;
  /** What the node runs over; absent if that is not known, and then nothing is usual. */
  private readonly over: Stored<unknown> | undefined;
  private readonly edges: Edge[] = [];
  /** What the input keys have read that `reads` does not list; before it is chosen, `reads` lists all that read. */
  private usual: ReadList | undefined;
  private readonly reads = new Map<string, ReadList>();
  /** The reads of the run that is going on, up to `end`: if it were emptied after each, it would have to grow anew. */
  private readonly recorded: Recorded = [];
  private end = 0;
  /** What was listed last. Keys that have read the same share one list where that is easily found. */
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
    const { recorded } = this;
    const searched = Math.min(this.end, searchedReads);
    for (let i = 0; i < searched; i += 2) if (recorded[i] === edge && recorded[i + 1] === key) return;
    recorded[this.end++] = edge;
    recorded[this.end++] = key;
  }

  /** Makes what was recorded since the last call the reads of an input key. */
  settle(inputKey: string): void {
    const { recorded } = this;
    for (let i = 1; i < this.end; i += 2) if (recorded[i] === inputKey) this.makeOwn(i);
    if (this.over !== undefined && this.usual === undefined) this.chooseUsual();
    const listed = this.reads.get(inputKey);
    if (this.isRecorded(this.usual ?? none)) {
      this.unlist(inputKey, listed);
    } else if (listed === undefined || !this.isRecorded(listed)) {
      this.unlist(inputKey, listed);
      this.list(inputKey, this.share());
    }
    this.end = 0;
  }

  /** To be called when every input key has settled: makes usual what most have read, or nothing if that is nothing. */
  tidy(): void {
    const { over, usual, latest, repeated } = this;
    this.repeated = 0;
    this.recorded.length = 0;
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
    this.recorded.length = 0;
  }

  /** What an input key has read. */
  of(inputKey: string): readonly ReadRef[] {
    const refs: ReadRef[] = [];
    forEach(
      this.readsOf(inputKey),
      ({ from, how }, key) => refs.push({ collection: from.name, key: key ?? inputKey, how }),
      0,
    );
    return refs;
  }

  readsOwn(edge: Edge, inputKey: string): boolean {
    const reads = this.readsOf(inputKey);
    for (let i = 0; i < reads.length; i += 2) if (reads[i] === edge && reads[i + 1] === own) return true;
    return false;
  }

  wakeUsual(): void {
    for (const key of this.over?.keys() ?? []) if (!this.reads.has(key)) this.reader.wake(key);
  }

  private readsOf(inputKey: string): ReadList {
    return this.reads.get(inputKey) ?? (this.over?.get(inputKey) === undefined ? none : (this.usual ?? none));
  }

  private makeOwn(at: number): void {
    const edge = this.recorded[at - 1];
    if (edge instanceof Edge) edge.hasOwn = true;
    this.recorded[at] = own;
  }

  /** By the first two runs: what they have both read, or nothing if that is nothing. */
  private chooseUsual(): void {
    if (this.end > 0 && this.reads.size === 0) return;
    this.setUsual(this.isRecorded(this.latest) ? this.latest : none);
    if (this.usual === this.latest) for (const [key, reads] of this.reads) this.unlist(key, reads);
  }

  private setUsual(reads: ReadList | undefined): void {
    forEach(this.usual ?? none, makeUsual, false);
    this.usual = reads;
    forEach(reads ?? none, makeUsual, true);
  }

  private list(inputKey: string, reads: ReadList): void {
    this.reads.set(inputKey, reads);
    forEach(reads, addReader, inputKey);
  }

  private unlist(inputKey: string, reads: ReadList | undefined): void {
    if (reads === undefined) return;
    this.reads.delete(inputKey);
    if (this.reads.size === 0) this.latest = none;
    forEach(reads, removeReader, inputKey);
  }

  /** What is recorded as a list to keep. */
  private share(): ReadList {
    if (this.isRecorded(this.latest)) this.repeated++;
    else this.latest = this.listOfAnother() ?? this.newList();
    return this.latest;
  }

  /** The same reads of another input key, which then is a reader of the last of these, too. */
  private listOfAnother(): ReadList | undefined {
    const edge = this.recorded[this.end - 2];
    const key = this.recorded[this.end - 1];
    const other = edge instanceof Edge && typeof key === "string" ? edge.anyReader(key) : undefined;
    const reads = other === undefined ? undefined : this.reads.get(other);
    return reads !== undefined && this.isRecorded(reads) ? reads : undefined;
  }

  private newList(): ReadList {
    const reads = this.recorded.slice(0, this.end);
    return this.end > searchedReads ? withoutRepeats(reads) : reads;
  }

  private isRecorded(reads: ReadList): boolean {
    if (reads.length !== this.end) return false;
    for (let i = 0; i < reads.length; i++) if (reads[i] !== this.recorded[i]) return false;
    return true;
  }

  private edgeTo(from: Stored<unknown>, how: ReadRef["how"]): Edge {
    let edge = this.edges.find((one) => one.from === from && one.how === how);
    if (edge === undefined) {
      edge = new Edge(from, how, this);
      this.edges.push(edge);
    }
    return edge;
  }
}
