/**
 * What all derived nodes have in common: the keys to recompute, and their diagnostics.
 * `first` and `now` belong to the wave of work that is going on; `later` to older ones that newer edits have overtaken.
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
  readonly woken: Woken;
}

/** By node, in the order of declaration: whether it may have work in the present wave. The others are not looked at. */
export type Woken = boolean[];

/** The first values of an input, which are all to be recomputed, in the order in which they came. */
interface FirstWave {
  readonly values: ReadonlyMap<string, unknown>;
  readonly rest: Iterator<readonly [string, unknown]>;
  done: number;
}

/** A transformation with its outputs. */
export abstract class Node implements Dependent {
  readonly name: string;
  readonly order: number;
  private readonly report: Report;
  private readonly woken: Woken;
  private readonly turn: number;
  /** Stands for keys in `now`, which a wave of all that there is would fill only to empty it again. */
  private first: FirstWave | undefined;
  private now = new Set<string>();
  private later = new Set<string>();
  /** Places in the report that hold something, so that the others need not be looked at. */
  private readonly reported = new Set<string>();

  constructor(place: NodePlace) {
    this.name = place.name;
    this.order = place.order;
    this.report = place.report;
    this.woken = place.woken;
    this.turn = this.woken.push(false) - 1;
  }

  /** Brings the outputs of one input key up to date. `item` is what the input has there, if that is at hand. */
  protected abstract recompute(key: string, item?: unknown): void;

  /** Publishes what `recompute` has changed. */
  protected abstract settle(): void;

  /** What is known about a key of the collection of that name, which belongs to this node. */
  abstract inspect(collection: string, key: string): Inspection | undefined;

  wake(key: string, _old?: unknown): void {
    if (this.first?.values.has(key)) {
      if (this.first.done === 0) {
        this.now.delete(key);
        return;
      }
      this.list();
    }
    this.now.add(key);
    this.woken[this.turn] = true;
  }

  wakeAll(values: ReadonlyMap<string, unknown>): void {
    if (this.first === undefined && this.now.size === 0) {
      this.first = { values, rest: values.entries(), done: 0 };
      this.woken[this.turn] = true;
    } else {
      for (const key of values.keys()) this.wake(key);
    }
  }

  /** Recomputes the keys of this wave, as long as `mayContinue`; false when some are left. */
  work(mayContinue: () => boolean): boolean {
    if (this.first === undefined && this.now.size === 0) return true;
    try {
      return this.workFirst(mayContinue) && this.workNow(mayContinue);
    } finally {
      this.settle();
    }
  }

  private workFirst(mayContinue: () => boolean): boolean {
    const { first } = this;
    if (first === undefined) return true;
    while (first.done < first.values.size) {
      if (!mayContinue()) return false;
      const next = first.rest.next();
      if (next.done) break;
      first.done++;
      this.visit(next.value[0], next.value[1]);
    }
    this.first = undefined;
    return true;
  }

  private workNow(mayContinue: () => boolean): boolean {
    const { now } = this;
    let done = 0;
    try {
      for (const key of now) {
        if (!mayContinue()) break;
        done++;
        this.visit(key);
        if (done % published === 0) this.settle();
      }
    } finally {
      this.forget(done);
    }
    return now.size === 0;
  }

  private visit(key: string, item?: unknown): void {
    if (this.later.size > 0) this.later.delete(key);
    this.recompute(key, item);
  }

  /** Takes the first keys out of this wave. Nobody wakes a node while it works, so they are still the first. */
  private forget(count: number): void {
    if (count === this.now.size) {
      this.now.clear();
      return;
    }
    let left = count;
    for (const key of this.now) {
      if (left-- === 0) break;
      this.now.delete(key);
    }
  }

  /** Wakes what is left of the first values one by one. */
  private list(): void {
    const { first } = this;
    this.first = undefined;
    for (let next = first?.rest.next(); next?.done === false; next = first?.rest.next()) this.now.add(next.value[0]);
  }

  /** Whether a key that the node's input has, or had, is to be recomputed, now or later. */
  protected isWoken(key: string): boolean {
    return this.first !== undefined || this.now.has(key) || this.later.has(key);
  }

  /** Whether every key has been recomputed that was woken. */
  protected get isThrough(): boolean {
    return this.first === undefined && this.now.size === 0 && this.later.size === 0;
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
    this.woken[this.turn] = true;
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
