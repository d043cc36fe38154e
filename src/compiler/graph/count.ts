/** How many members there are by group, where nobody needs the members themselves: a change costs the same in any group. */
import { equal } from "#base/equal.ts";
import type { Inspection } from "./graph.ts";
import { type Groups, groupsOf, listOf } from "./groups-of.ts";
import { Node, type NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

/** What a count node is made of. */
export interface CountSpec<I> {
  readonly over: Stored<I>;
  readonly by: (item: I, key: string) => readonly string[];
}

/** The node of `Graph.count`. */
export class CountNode<I> extends Node {
  readonly out: Stored<number>;
  private readonly spec: CountSpec<I>;
  private readonly groupsByMember = new Map<string, Groups>();

  constructor(place: NodePlace, spec: CountSpec<I>) {
    super(place);
    this.out = new Stored(place);
    this.spec = spec;
    this.consume(spec.over);
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const value = this.out.get(key);
    if (value === undefined) return undefined;
    const inputs = [...this.groupsByMember].flatMap(([input, groups]) => (listOf(groups).includes(key) ? [input] : []));
    return {
      collection,
      key,
      kind: "count",
      value,
      inputs: inputs.sort().map((input) => ({ collection: this.spec.over.name, key: input })),
      reads: [],
      outputs: [{ collection, key }],
      diagnostics: inputs.flatMap((input) => this.said(input)),
      commit: this.out.commitOf(key),
    };
  }

  protected override recompute(key: string): void {
    const item = this.spec.over.get(key);
    try {
      this.move(key, item === undefined ? undefined : groupsOf(this.spec.by(item, key)));
    } catch (error) {
      this.sayBug({ key, item }, error, key);
      return;
    }
    this.say([], key);
  }

  protected override settle(): void {
    this.out.flush();
  }

  private move(key: string, groups: Groups = []): void {
    const old = this.groupsByMember.get(key) ?? [];
    if (equal(old, groups)) return;
    this.out.state.moved = true;
    for (const group of listOf(old)) this.add(group, -1);
    for (const group of listOf(groups)) this.add(group, 1);
    if (groups.length === 0) this.groupsByMember.delete(key);
    else this.groupsByMember.set(key, groups);
  }

  private add(group: string, members: number): void {
    const count = (this.out.get(group) ?? 0) + members;
    this.out.put(group, count === 0 ? undefined : count);
  }
}
