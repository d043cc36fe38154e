/**
 * One run of a function per input key. What a run gave and read is remembered by input key, so that a change or a
 * deletion is carried through exactly; a run that throws leaves what the previous one gave.
 */
import { Claims } from "./claims.ts";
import { Dependencies } from "./dependencies.ts";
import type { Collection, Derived, Index, Inspection, ReadRef, Reads } from "./graph.ts";
import { membersByValue } from "./index-of.ts";
import { Node, type NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

const nothing: readonly never[] = [];

/** What a map node is made of. */
export interface MapSpec<I, O> {
  readonly kind: "map" | "value";
  readonly over: Stored<I>;
  readonly fn: (item: I, reads: Reads, key: string) => Derived<O>;
}

/** What a run gave, complete. */
interface Given<O> extends Derived<O> {
  readonly out: readonly (readonly [string, O])[];
}

const gone: Given<never> = { out: [] };

/** The node of `Graph.map` and `Graph.value`. */
export class MapNode<I, O> extends Node implements Reads {
  readonly out: Stored<O>;
  private readonly spec: MapSpec<I, O>;
  private readonly dependencies: Dependencies;
  private readonly claims: Claims<O>;
  private running = false;

  constructor(place: NodePlace, spec: MapSpec<I, O>) {
    super(place);
    this.out = new Stored(place);
    this.spec = spec;
    this.dependencies = new Dependencies(this, spec.kind === "map" ? spec.over : undefined);
    this.claims = new Claims(this.out);
    this.consume(spec.over);
  }

  get<T>(from: Collection<T>, key: string): T | undefined {
    return this.read(from, "get", key);
  }

  has(from: Collection<unknown>, key: string): boolean {
    return this.read(from, "has", key) !== undefined;
  }

  lookup<T>(index: Index<T>, value: string): readonly T[] {
    return this.read(membersByValue(index), "lookup", value) ?? nothing;
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const input = this.claims.ownerOf(key) ?? key;
    const value = this.out.get(key);
    if (value === undefined && this.spec.over.get(input) === undefined) return undefined;
    const outputs = this.claims.outputsOf(input);
    return {
      collection,
      key,
      kind: this.spec.kind,
      value,
      inputs: this.spec.kind === "value" ? [] : [{ collection: this.spec.over.name, key: input }],
      reads: this.dependencies.of(input),
      outputs: outputs.map((output) => ({ collection, key: output })),
      diagnostics: [
        ...this.said(input),
        ...this.said(input, "", "twice"),
        ...outputs.flatMap((output) => this.said(input, output)),
      ],
      commit: this.out.commitOf(key),
    };
  }

  protected override recompute(key: string, present?: I): void {
    const item = present ?? this.spec.over.get(key);
    if (item === undefined) {
      this.dependencies.forget(key);
      this.accept(key, gone);
      return;
    }
    try {
      this.accept(key, this.run(item, key));
    } catch (error) {
      this.sayBug({ key, item }, error, key);
    }
  }

  protected override settle(): void {
    for (const { output, winner, losers, gone } of this.claims.settle()) {
      for (const key of gone) this.say(nothing, key, output);
      if (winner === undefined) continue;
      this.say(nothing, winner, output);
      for (const key of losers) this.sayDuplicate(output, this.culprit(key), this.culprit(winner), key, output);
    }
    if (this.isThrough) this.dependencies.tidy();
    this.out.flush();
  }

  /** Runs the function, and its outputs if it makes them on demand, so that nothing is accepted of a failed run. */
  private run(item: I, key: string): Given<O> {
    this.running = true;
    try {
      const derived = this.spec.fn(item, this, key);
      return isGiven(derived) ? derived : { ...derived, out: [...derived.out] };
    } finally {
      this.running = false;
      this.dependencies.settle(key);
    }
  }

  private accept(key: string, { out, diagnostics }: Given<O>): void {
    const repeated = this.claims.replace(key, out);
    this.say(diagnostics ?? nothing, key);
    if (repeated === undefined) this.say(nothing, key, "", "twice");
    else this.sayDuplicate(repeated, this.culprit(key), this.culprit(key), key, "", "twice");
  }

  private read<T>(from: Collection<T>, how: ReadRef["how"], key: string): T | undefined {
    if (!this.running) throw new Error(`${this.name} may only read while it runs`);
    if (!(from instanceof Stored) || from.state !== this.out.state) {
      throw new Error(`${this.name} reads ${from.name}, which is of another graph`);
    }
    if (!(from.order < this.order)) throw new Error(`${this.name} reads ${from.name}, which is declared after it`);
    this.dependencies.record(from, how, key);
    return from.get(key);
  }

  private culprit(key: string): { key: string; item: unknown } {
    return { key, item: this.spec.over.get(key) };
  }
}

function isGiven<O>(derived: Derived<O>): derived is Given<O> {
  return Array.isArray(derived.out);
}
