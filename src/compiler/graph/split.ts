/**
 * Splits: one collection as several, by a word that each value decides. A part exists from when it is asked for or
 * first needed; one that nobody asked for vanishes with its last value.
 */
import type { Inspection } from "./graph.ts";
import { MemberNode } from "./member-node.ts";
import type { NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

/** What a split node is made of. */
export interface SplitSpec<I> {
  readonly over: Stored<I>;
  readonly by: (item: I) => string;
}

/** The node of `Graph.split`. */
export class SplitNode<I> extends MemberNode<I> {
  private readonly spec: SplitSpec<I>;
  private readonly at: NodePlace;
  private readonly parts = new Map<string, Stored<I>>();
  private readonly asked = new Set<string>();
  private readonly changed = new Set<string>();

  constructor(place: NodePlace, spec: SplitSpec<I>) {
    super(place, spec.over);
    this.at = place;
    this.spec = spec;
  }

  /** The collection of one part. */
  part(name: string): Stored<I> {
    this.asked.add(name);
    return this.stored(name);
  }

  /** The part of that collection name, if it is one of this node's. */
  partNamed(collection: string): string | undefined {
    const part = collection.slice(this.name.length + 1);
    return collection === this.nameOf(part) && this.parts.has(part) ? part : undefined;
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const named = this.partNamed(collection);
    const part = named === undefined ? this.partWith(key) : this.parts.get(named);
    const value = part?.get(key);
    if (part === undefined || value === undefined) return undefined;
    const { name } = part;
    const diagnostics = this.said(key);
    return this.madeOf([key], { collection: name, key, kind: "split", value, diagnostics, commit: part.commitOf(key) });
  }

  protected override take(key: string, item: I | undefined, old: I | undefined): void {
    const before = old === undefined ? undefined : this.spec.by(old);
    const after = item === undefined ? undefined : this.spec.by(item);
    if (before !== undefined && before !== after) this.put(before, key, undefined);
    if (after !== undefined) this.put(after, key, item);
  }

  protected override settle(): void {
    for (const name of this.changed) {
      const part = this.stored(name);
      part.flush();
      if (part.size === 0 && !this.asked.has(name)) this.parts.delete(name);
    }
    this.changed.clear();
  }

  private put(part: string, key: string, item: I | undefined): void {
    this.stored(part).put(key, item);
    this.changed.add(part);
  }

  private partWith(key: string): Stored<I> | undefined {
    return [...this.parts.values()].find((part) => part.get(key) !== undefined);
  }

  private stored(name: string): Stored<I> {
    let part = this.parts.get(name);
    if (part === undefined) {
      part = new Stored({ ...this.at, name: this.nameOf(name) });
      this.parts.set(name, part);
    }
    return part;
  }

  private nameOf(part: string): string {
    return `${this.name}/${part}`;
  }
}
