/**
 * What nodes have in common that put the members of one collection where a function of the declaration says: into
 * groups, counts or parts. A member for which it throws stays where it was.
 * Where a member is follows from what it was when it was last put there. That is nearly always what the collection
 * holds, so that nothing is kept about most members.
 */
import type { Inspection } from "./graph.ts";
import { Node, type NodePlace } from "./node.ts";
import type { Stored } from "./stored.ts";

const nothing: readonly never[] = [];

/** A node over the members of a collection. */
export abstract class MemberNode<I> extends Node {
  private readonly over: Stored<I>;
  /** Members as they were last taken, or nothing, where the collection holds something else by now. */
  private readonly outdated = new Map<string, I | undefined>();

  constructor(place: NodePlace, over: Stored<I>) {
    super(place);
    this.over = over;
    this.consume(over);
  }

  override wake(key: string, old?: I): void {
    // One that is woken already has not been taken as what it was in between.
    if (old !== undefined && !this.outdated.has(key) && !this.isWoken(key)) this.outdated.set(key, old);
    super.wake(key);
  }

  /** Moves a member to where it belongs, from where it belonged as `old`; nothing for one that comes or goes. */
  protected abstract take(key: string, item: I | undefined, old: I | undefined): void;

  protected override recompute(key: string, present?: I): void {
    const item = present ?? this.over.get(key);
    const old = this.outdated.get(key);
    try {
      this.take(key, item, old);
    } catch (error) {
      this.outdated.set(key, old);
      this.sayBug({ key, item }, error, key);
      return;
    }
    this.outdated.delete(key);
    this.say(nothing, key);
  }

  /** The keys of all members that are where a test says, as they were last taken. */
  protected membersWhere(test: (item: I, key: string) => boolean): string[] {
    const present = [...this.over.entries()].filter(([key]) => !this.outdated.has(key) && !this.isWoken(key));
    return [...present, ...this.outdated].flatMap(([key, item]) =>
      item !== undefined && test(item, key) ? [key] : [],
    );
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
