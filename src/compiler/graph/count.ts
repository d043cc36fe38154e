/** How many members there are by group, where nobody needs the members themselves: a change costs the same in any group. */
import { equal } from "#base/equal.ts";
import type { Inspection } from "./graph.ts";
import { type Groups, groupsOf, listOf } from "./groups-of.ts";
import { MemberNode } from "./member-node.ts";
import type { NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

/** What a count node is made of. */
export interface CountSpec<I> {
  readonly over: Stored<I>;
  readonly by: (item: I, key: string) => readonly string[];
}

/** The node of `Graph.count`. */
export class CountNode<I> extends MemberNode<I> {
  readonly out: Stored<number>;
  private readonly spec: CountSpec<I>;
  private readonly groupsByMember = new Map<string, Groups>();

  constructor(place: NodePlace, spec: CountSpec<I>) {
    super(place, spec.over);
    this.out = new Stored(place);
    this.spec = spec;
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const value = this.out.get(key);
    if (value === undefined) return undefined;
    const inputs = [...this.groupsByMember].flatMap(([input, groups]) => (listOf(groups).includes(key) ? [input] : []));
    const diagnostics = inputs.sort().flatMap((input) => this.said(input));
    return this.madeOf(inputs, { collection, key, kind: "count", value, diagnostics, commit: this.out.commitOf(key) });
  }

  protected override take(key: string, item: I | undefined): void {
    this.move(key, item === undefined ? undefined : groupsOf(this.spec.by(item, key)));
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
