/**
 * Members by group key, each group a sorted array that is replaced as a whole. A small change is spliced in by binary
 * search, a large one is sorted in (which costs little, because nearly everything is in order already).
 */
import { equal } from "#base/equal.ts";
import { distinct } from "./distinct.ts";
import type { Inspection } from "./graph.ts";
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

/** A member that is on its way into a group or out of it. */
interface Member<I> {
  readonly key: string;
  readonly item: I;
}

/** The changes of one group that are still to be made; each member is at most once on each side. */
interface Edits<I> {
  readonly removed: Member<I>[];
  readonly added: Member<I>[];
}

/** The members of one group: at each place a key and its item. */
interface Sorted<I> {
  readonly keys: string[];
  readonly items: I[];
}

/** The node of `Graph.group`, and the one behind `Graph.index`. */
export class GroupNode<I> extends MemberNode<I> {
  readonly out: Stored<readonly I[]>;
  private readonly spec: GroupSpec<I>;
  /** The keys of the items in `out`. Most groups of most nodes have one member, whose key is then stored as itself. */
  private readonly keys = new Map<string, string | string[]>();
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
    const inputs = this.keysOf(key);
    const diagnostics = [...this.said(key, "order"), ...inputs.flatMap((input) => this.said(input))];
    const { kind } = this.spec;
    return this.madeOf(inputs, { collection, key, kind, value, diagnostics, commit: this.out.commitOf(key) });
  }

  protected override take(key: string, item: I | undefined, old: I | undefined): void {
    const before = old === undefined ? nothing : distinct(this.spec.by(old, key));
    const after = item === undefined ? nothing : distinct(this.spec.by(item, key));
    if (old !== undefined) {
      if (!equal(before, after)) this.out.state.moved = true;
      else if (item !== undefined && after.every((group) => this.isAlone(key, group))) {
        for (const group of after) this.out.put(group, [item]);
        return;
      }
      for (const group of before) this.editsOf(group).removed.push({ key, item: old });
    }
    if (item !== undefined) for (const group of after) this.enter(group, key, item);
  }

  protected override settle(): void {
    for (const [group, edits] of this.edits) this.store(group, this.sort(group, edits));
    this.edits.clear();
    this.out.flush();
  }

  /** Whether a member is all that there is of a group, so that nothing is to be sorted. */
  private isAlone(key: string, group: string): boolean {
    return this.keys.get(group) === key && !this.edits.has(group) && !this.unordered.has(group);
  }

  private enter(group: string, key: string, item: I): void {
    if (this.keys.has(group) || this.edits.has(group)) {
      this.editsOf(group).added.push({ key, item });
    } else {
      this.keys.set(group, key);
      this.out.put(group, [item]);
    }
  }

  private editsOf(group: string): Edits<I> {
    let edits = this.edits.get(group);
    if (edits === undefined) {
      edits = { removed: [], added: [] };
      this.edits.set(group, edits);
    }
    return edits;
  }

  private store(group: string, { keys, items }: Sorted<I>): void {
    const [first] = keys;
    if (first === undefined) {
      this.keys.delete(group);
      this.out.remove(group);
    } else {
      this.keys.set(group, keys.length === 1 ? first : keys);
      this.out.put(group, items);
    }
  }

  /** The keys of a group's members, in an array that may be changed. */
  private keysOf(group: string): string[] {
    const keys = this.keys.get(group) ?? [];
    return Array.isArray(keys) ? keys : [keys];
  }

  /** The members of a group with its edits. */
  private sort(group: string, edits: Edits<I>): Sorted<I> {
    const members: Sorted<I> = { keys: this.keysOf(group), items: [...(this.out.get(group) ?? nothing)] };
    try {
      const few = edits.removed.length + edits.added.length <= spliced && !this.unordered.has(group);
      const sorted = few ? this.splice(members, edits) : sortedBy(members, edits, this.compare);
      this.unordered.delete(group);
      this.say(nothing, group, "order");
      return sorted;
    } catch (error) {
      const rest = sortedBy(members, edits, byKey);
      const [key] = rest.keys;
      if (key !== undefined) this.sayBug({ key, item: rest.items[0] }, error, group, "order");
      this.unordered.add(group);
      return rest;
    }
  }

  /** Works on the arrays themselves; if comparing fails half-way, they still hold every member that stays. */
  private splice(members: Sorted<I>, { removed, added }: Edits<I>): Sorted<I> {
    const { keys, items } = members;
    for (const member of removed) {
      const place = this.place(members, member);
      const at = keys[place] === member.key ? place : keys.indexOf(member.key);
      keys.splice(at, 1);
      items.splice(at, 1);
    }
    for (const member of added) {
      const at = this.place(members, member);
      keys.splice(at, 0, member.key);
      items.splice(at, 0, member.item);
    }
    return members;
  }

  /** The first position that is not before the member. */
  private place({ keys, items }: Sorted<I>, member: Member<I>): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const key = keys[middle];
      const item = items[middle];
      if (key !== undefined && item !== undefined && this.compare({ key, item }, member) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private readonly compare = (a: Member<I>, b: Member<I>): number => this.spec.order(a.item, b.item) || byKey(a, b);
}

/** The members that an edit leaves alone, and the added ones, in order. */
function sortedBy<I>(
  { keys, items }: Sorted<I>,
  { removed, added }: Edits<I>,
  order: (a: Member<I>, b: Member<I>) => number,
): Sorted<I> {
  const edited = new Set([...removed, ...added].map(({ key }) => key));
  const members = keys.map((key, at) => ({ key, item: items[at] as I })).filter(({ key }) => !edited.has(key));
  const sorted = members.concat(added).sort(order);
  return { keys: sorted.map(({ key }) => key), items: sorted.map(({ item }) => item) };
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
