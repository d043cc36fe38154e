/**
 * What nodes have in common that put the members of one collection where a function of the declaration says: into
 * groups, counts or parts. A member for which it throws stays where it was.
 */
import type { Inspection } from "./graph.ts";
import { Node, type NodePlace } from "./node.ts";
import type { Stored } from "./stored.ts";

const nothing: readonly never[] = [];

/** A node over the members of a collection. */
export abstract class MemberNode<I> extends Node {
  private readonly over: Stored<I>;

  constructor(place: NodePlace, over: Stored<I>) {
    super(place);
    this.over = over;
    this.consume(over);
  }

  /** Moves a member to where it belongs, or takes one away that is gone. */
  protected abstract take(key: string, item: I | undefined): void;

  protected override recompute(key: string): void {
    const item = this.over.get(key);
    try {
      this.take(key, item);
    } catch (error) {
      this.sayBug({ key, item }, error, key);
      return;
    }
    this.say(nothing, key);
  }

  /** What is known about a key that these members make. */
  protected madeOf(
    members: readonly string[],
    given: Pick<Inspection, "collection" | "key" | "kind" | "value" | "diagnostics" | "commit">,
  ): Inspection {
    const { collection, key } = given;
    return {
      ...given,
      inputs: members.map((member) => ({ collection: this.over.name, key: member })),
      reads: nothing,
      outputs: [{ collection, key }],
    };
  }
}
