/**
 * What all derived nodes have in common: the keys to recompute, in two lists, and their diagnostics.
 * `now` belongs to the wave of work that is going on; `later` to older ones that newer edits have overtaken.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Inspection } from "./graph.ts";
import { type Culprit, type Report, reportKey } from "./report.ts";
import type { Dependent, Place, Stored } from "./stored.ts";

/** So many keys are recomputed before dependents are told, which nobody can interrupt; a first wave is told at once. */
const published = 1024;

/** What a node is given of the graph that it is declared in. */
export interface NodePlace extends Place {
  readonly report: Report;
}

/** A transformation with its outputs. */
export abstract class Node implements Dependent {
  readonly name: string;
  readonly order: number;
  private readonly report: Report;
  private now = new Set<string>();
  /** Stands for `now` while that would be all keys of a collection. */
  private all: ReadonlyMap<string, unknown> | undefined;
  private later = new Set<string>();
  /** Places in the report that hold something, so that the others need not be looked at. */
  private readonly reported = new Set<string>();

  constructor(place: NodePlace) {
    this.name = place.name;
    this.order = place.order;
    this.report = place.report;
  }

  /** Brings the outputs of one input key up to date. */
  protected abstract recompute(key: string): void;

  /** Publishes what `recompute` has changed. */
  protected abstract settle(): void;

  /** What is known about a key of the collection of that name, which belongs to this node. */
  abstract inspect(collection: string, key: string): Inspection | undefined;

  wake(key: string, _old?: unknown): void {
    if (this.all !== undefined) this.list();
    this.now.add(key);
  }

  wakeAll(values: ReadonlyMap<string, unknown>): void {
    if (this.now.size === 0 && this.all === undefined) this.all = values;
    else for (const key of values.keys()) this.wake(key);
  }

  /** Recomputes the keys of this wave, as long as `mayContinue`; false when some are left. */
  work(mayContinue: () => boolean): boolean {
    if ((this.all ?? this.now).size > 0) this.visit(mayContinue);
    return this.now.size === 0;
  }

  private visit(mayContinue: () => boolean): void {
    const { all, now, later } = this;
    let done = 0;
    let isEnough = false;
    const visitKey = (key: string): void => {
      isEnough ||= !mayContinue();
      if (isEnough) return;
      done++;
      if (later.size > 0) later.delete(key);
      this.recompute(key);
      if (done % published === 0 && all === undefined) this.settle();
    };
    try {
      // An iterator would make an object for every key, of which there are half a million in a first wave.
      if (all === undefined) now.forEach(visitKey);
      else all.forEach((_, key) => void visitKey(key));
    } finally {
      this.forget(done);
      this.settle();
    }
  }

  /** Takes the first keys out of this wave. Nobody wakes a node while it works, so they are still the first. */
  private forget(count: number): void {
    if (count < (this.all ?? this.now).size) {
      let left = count;
      for (const key of this.list()) {
        if (left-- === 0) break;
        this.now.delete(key);
      }
    } else {
      this.all = undefined;
      this.now.clear();
    }
  }

  /** The keys of this wave, one by one. */
  private list(): Set<string> {
    const { all } = this;
    this.all = undefined;
    if (all !== undefined) for (const key of all.keys()) this.now.add(key);
    return this.now;
  }

  /** Whether a key that the node's input has, or had, is to be recomputed, now or later. */
  protected isWoken(key: string): boolean {
    return this.all !== undefined || this.now.has(key) || this.later.has(key);
  }

  /** Whether every key has been recomputed that was woken. */
  protected get isThrough(): boolean {
    return this.all === undefined && this.now.size === 0 && this.later.size === 0;
  }

  /** Whether something is left for later. */
  get hasMore(): boolean {
    return this.later.size > 0;
  }

  /** Leaves the present wave for later. */
  setAside(): void {
    this.list();
    if (this.now.size > this.later.size) [this.now, this.later] = [this.later, this.now];
    for (const key of this.now) this.later.add(key);
    this.now.clear();
  }

  /** Makes what was left for later the present wave, which must be finished. */
  bringBack(): void {
    this.list();
    [this.now, this.later] = [this.later, this.now];
  }

  /** Makes this the consumer of a collection that may already have keys. */
  protected consume(input: Stored<unknown>): void {
    input.consumers.push(this);
    for (const key of input.keys()) this.wake(key);
  }

  protected say(diagnostics: readonly Diagnostic[], key: string, output?: string, more?: string): void {
    if (diagnostics.length === 0 && this.reported.size === 0) return;
    const at = reportKey(this.name, ...[key, output, more].filter((part) => part !== undefined));
    if (diagnostics.length > 0) this.reported.add(at);
    else if (!this.reported.delete(at)) return;
    this.report.set(at, diagnostics);
  }

  protected sayBug(culprit: Culprit, cause: unknown, ...keys: readonly string[]): void {
    const at = reportKey(this.name, ...keys);
    this.reported.add(at);
    this.report.bug(at, this.name, culprit, cause);
  }

  protected sayDuplicate(output: string, loser: Culprit, winner: Culprit, ...keys: readonly string[]): void {
    const at = reportKey(this.name, ...keys);
    this.reported.add(at);
    this.report.duplicate(at, this.name, output, loser, winner);
  }

  protected said(...keys: readonly string[]): readonly Diagnostic[] {
    return this.report.lists.get(reportKey(this.name, ...keys)) ?? [];
  }
}
