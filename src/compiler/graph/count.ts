/** How many members there are by group, where nobody needs the members themselves: a change costs the same in any group. */
import { equal } from "#base/equal.ts";
import { distinct } from "./distinct.ts";
import type { Inspection } from "./graph.ts";
import { MemberNode } from "./member-node.ts";
import type { NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

const nothing: readonly never[] = [];

/** What a count node is made of. */
export interface CountSpec<I> {
  readonly over: Stored<I>;
  readonly by: (item: I, key: string) => readonly string[];
}

/** The node of `Graph.count`. */
export class CountNode<I> extends MemberNode<I> {
  readonly out: Stored<number>;
  private readonly spec: CountSpec<I>;

  constructor(place: NodePlace, spec: CountSpec<I>) {
    super(place, spec.over);
    this.out = new Stored(place);
    this.spec = spec;
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const value = this.out.get(key);
    if (value === undefined) return undefined;
    const inputs = this.membersWhere((item, input) => this.spec.by(item, input).includes(key));
    const diagnostics = inputs.sort().flatMap((input) => this.said(input));
    return this.madeOf(inputs, { collection, key, kind: "count", value, diagnostics, commit: this.out.commitOf(key) });
  }

  protected override take(key: string, item: I | undefined, old: I | undefined): void {
    const before = this.groupsOf(key, old);
    const after = this.groupsOf(key, item);
    if (equal(before, after)) return;
    this.out.state.moved = true;
    for (const group of before) this.add(group, -1);
    for (const group of after) this.add(group, 1);
  }

  protected override settle(): void {
    this.out.flush();
  }

  private groupsOf(key: string, item: I | undefined): readonly string[] {
    return item === undefined ? nothing : distinct(this.spec.by(item, key));
  }

  private add(group: string, members: number): void {
    const count = (this.out.get(group) ?? 0) + members;
    this.out.put(group, count === 0 ? undefined : count);
  }
}
