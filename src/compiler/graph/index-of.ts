/**
 * Indexes: the members of a collection by value, for `Reads.lookup`. An index is a group whose members stand in key
 * order, behind a handle that can only be looked up, so that nobody can list what it holds.
 */
import type { Index } from "./graph.ts";
import { GroupNode } from "./group.ts";
import type { NodePlace } from "./node.ts";
import type { Stored } from "./stored.ts";

/** The handle that `Graph.index` gives out. */
export class IndexOf<T> implements Index<T> {
  readonly name: string;
  readonly node: GroupNode<T>;

  constructor(place: NodePlace, over: Stored<T>, values: (item: T, key: string) => readonly string[]) {
    this.name = place.name;
    this.node = new GroupNode(place, { kind: "index", over, by: values, order: () => 0 });
  }
}

/** The members of an index, by value. */
export function membersByValue<T>(index: Index<T>): Stored<readonly T[]> {
  if (!(index instanceof IndexOf)) throw new Error(`${index.name} is of no graph`);
  return index.node.out;
}
