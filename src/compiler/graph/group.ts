/**
 * Members by group key, each group a sorted array that is replaced as a whole. A small change is spliced in by binary
 * search, a large one is sorted in (which costs little, because nearly everything is in order already).
 */
import { equal } from "#base/equal.ts";
import type { Inspection } from "./graph.ts";
import { type Groups, groupsOf, listOf } from "./groups-of.ts";
import { MemberNode } from "./member-node.ts";
import type { NodePlace } from "./node.ts";
import { Stored } from "./stored.ts";

const nothing: readonly never[] = [];

/** Up to so many changes of a group are spliced in. */
const spliced = 8;

/** What a group node is made of. */
export interface GroupSpec<I> {
  readonly kind: "group" | "index";
  readonly over: Stored<I>;
  readonly by: (item: I, key: string) => readonly string[];
  readonly order: (a: I, b: I) => number;
}

/** An input as it was when it was last put into its groups. */
interface Member<I> {
  readonly key: string;
  readonly item: I;
  readonly groups: Groups;
}

/** The changes of one group that are still to be made. */
interface Edits<I> {
  readonly removed: Member<I>[];
  readonly added: Member<I>[];
}

/** The node of `Graph.group`, and the one behind `Graph.index`. */
export class GroupNode<I> extends MemberNode<I> {
  readonly out: Stored<readonly I[]>;
  private readonly spec: GroupSpec<I>;
  private readonly members = new Map<string, Member<I>>();
  /** Most groups of most nodes have one member, which is then stored as itself. */
  private readonly groups = new Map<string, Member<I> | Member<I>[]>();
  private readonly edits = new Map<string, Edits<I>>();
  /** Groups in key order, because comparing their members failed. */
  private readonly unordered = new Set<string>();

  constructor(place: NodePlace, spec: GroupSpec<I>) {
    super(place, spec.over);
    this.out = new Stored(place);
    this.spec = spec;
  }

  inspect(collection: string, key: string): Inspection | undefined {
    const value = this.out.get(key);
    if (value === undefined) return undefined;
    const inputs = this.membersOf(key).map((member) => member.key);
    const diagnostics = [...this.said(key, "order"), ...inputs.flatMap((input) => this.said(input))];
    const { kind } = this.spec;
    return this.madeOf(inputs, { collection, key, kind, value, diagnostics, commit: this.out.commitOf(key) });
  }

  protected override take(key: string, item: I | undefined): void {
    this.move(key, item === undefined ? undefined : { key, item, groups: groupsOf(this.spec.by(item, key)) });
  }

  protected override settle(): void {
    for (const [group, edits] of this.edits) this.rebuild(group, edits);
    this.edits.clear();
    this.out.flush();
  }

  private move(key: string, member: Member<I> | undefined): void {
    const old = this.members.get(key);
    if (old !== undefined) {
      if (!equal(old.groups, member?.groups)) this.out.state.moved = true;
      for (const group of listOf(old.groups)) this.editsOf(group).removed.push(old);
      this.members.delete(key);
    }
    if (member === undefined || member.groups.length === 0) return;
    for (const group of listOf(member.groups)) this.enter(group, member);
    this.members.set(key, member);
  }

  private enter(group: string, member: Member<I>): void {
    if (this.groups.has(group) || this.edits.has(group)) this.editsOf(group).added.push(member);
    else this.store(group, [member]);
  }

  private editsOf(group: string): Edits<I> {
    let edits = this.edits.get(group);
    if (edits === undefined) {
      edits = { removed: [], added: [] };
      this.edits.set(group, edits);
    }
    return edits;
  }

  private rebuild(group: string, edits: Edits<I>): void {
    this.store(group, this.sort(group, this.membersOf(group), edits));
  }

  private store(group: string, members: Member<I>[]): void {
    const first = members[0];
    if (first === undefined) {
      this.groups.delete(group);
      this.out.remove(group);
    } else {
      this.groups.set(group, members.length === 1 ? first : members);
      this.out.put(group, members.map(itemOf));
    }
  }

  /** The members of a group, in an array that may be changed. */
  private membersOf(group: string): Member<I>[] {
    const members = this.groups.get(group);
    if (members === undefined) return [];
    return Array.isArray(members) ? members : [members];
  }

  private sort(group: string, members: Member<I>[], edits: Edits<I>): Member<I>[] {
    try {
      const few = edits.removed.length + edits.added.length <= spliced && !this.unordered.has(group);
      const sorted = few ? this.splice(members, edits) : without(members, edits).concat(edits.added).sort(this.compare);
      this.unordered.delete(group);
      this.say(nothing, group, "order");
      return sorted;
    } catch (error) {
      const rest = without(members, edits).concat(edits.added).sort(byKey);
      const [first] = rest;
      if (first !== undefined) this.sayBug(first, error, group, "order");
      this.unordered.add(group);
      return rest;
    }
  }

  /** Works on the array itself; if comparing fails half-way, `sort` still finds every member that belongs there. */
  private splice(members: Member<I>[], { removed, added }: Edits<I>): Member<I>[] {
    for (const member of removed) {
      const at = this.place(members, member);
      members.splice(members[at] === member ? at : members.indexOf(member), 1);
    }
    for (const member of added) members.splice(this.place(members, member), 0, member);
    return members;
  }

  /** The first position that is not before the member. */
  private place(members: readonly Member<I>[], member: Member<I>): number {
    let low = 0;
    let high = members.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = members[middle];
      if (other !== undefined && this.compare(other, member) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private readonly compare = (a: Member<I>, b: Member<I>): number => this.spec.order(a.item, b.item) || byKey(a, b);
}

/** The members that an edit leaves alone. */
function without<I>(members: readonly Member<I>[], edits: Edits<I>): Member<I>[] {
  const edited = new Set([...edits.removed, ...edits.added]);
  return members.filter((member) => !edited.has(member));
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function itemOf<I>(member: Member<I>): I {
  return member.item;
}
