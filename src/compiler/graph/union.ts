/** Unions: several collections as one. Of two values under one key the earlier part's is used. */
import type { Inspection } from "./graph.ts";
import { Node, type NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

const nothing: readonly never[] = [];

/** The node of `Graph.union`. */
export class UnionNode<T> extends Node {
  readonly out: Stored<T>;
  private readonly parts: readonly Stored<T>[];

  constructor(place: NodePlace, parts: readonly Stored<T>[]) {
    super(place);
    this.out = new Stored(place);
    this.parts = parts;
    for (const part of parts) this.consume(part);
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const value = this.out.get(key);
    if (value === undefined) return undefined;
    const parts = this.parts.filter((part) => part.get(key) !== undefined);
    return {
      collection,
      key,
      kind: "union",
      value,
      inputs: parts.map((part) => ({ collection: part.name, key })),
      reads: [],
      outputs: [{ collection, key }],
      diagnostics: this.said(key),
      commit: this.out.commitOf(key),
    };
  }

  protected override recompute(key: string): void {
    let value: T | undefined;
    let second: T | undefined;
    for (const part of this.parts) {
      const other = part.get(key);
      if (value === undefined) value = other;
      else second ??= other;
    }
    this.out.put(key, value);
    if (second === undefined) this.say(nothing, key);
    else this.sayDuplicate(key, { key, item: second }, { key, item: value }, key);
  }

  protected override settle(): void {
    this.out.flush();
  }
}
