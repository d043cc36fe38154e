/** Unions: several collections as one. Of two values under one key the earlier part's is used. */
import type { Inspection } from "./graph.ts";
import { Node, type NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

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
    return {
      collection,
      key,
      kind: "union",
      value,
      inputs: this.partsWith(key).map((part) => ({ collection: part.name, key })),
      reads: [],
      outputs: [{ collection, key }],
      diagnostics: this.said(key),
      commit: this.out.commitOf(key),
    };
  }

  protected override recompute(key: string): void {
    const [first, second] = this.partsWith(key);
    this.out.put(key, first?.get(key));
    if (second === undefined) this.say([], key);
    else this.sayDuplicate(key, { key, item: second.get(key) }, { key, item: first?.get(key) }, key);
  }

  protected override settle(): void {
    this.out.flush();
  }

  private partsWith(key: string): readonly Stored<T>[] {
    return this.parts.filter((part) => part.get(key) !== undefined);
  }
}
