/**
 * Sets of strings by key, for the common case that nearly all of them have one or a few members: one member is
 * stored as itself, a few as an array, and only many as a Set.
 */

/** The members of one key. */
export type Members = string | string[] | Set<string>;

const few = 8;
const none: readonly string[] = [];

/** Adds a member; false when it was there. */
export function addMember(sets: Map<string, Members>, key: string, member: string): boolean {
  const members = sets.get(key);
  if (members === undefined) {
    sets.set(key, member);
  } else if (typeof members === "string") {
    if (members === member) return false;
    sets.set(key, [members, member]);
  } else if (Array.isArray(members)) {
    if (members.includes(member)) return false;
    if (members.length < few) members.push(member);
    else sets.set(key, new Set(members).add(member));
  } else {
    if (members.has(member)) return false;
    members.add(member);
  }
  return true;
}

/** Takes a member out; a key without members is gone. */
export function removeMember(sets: Map<string, Members>, key: string, member: string): void {
  const members = sets.get(key);
  if (members === undefined) return;
  if (typeof members === "string") {
    if (members === member) sets.delete(key);
  } else if (Array.isArray(members)) {
    const at = members.indexOf(member);
    if (at >= 0) members.splice(at, 1);
    if (members.length === 0) sets.delete(key);
  } else {
    members.delete(member);
    if (members.size === 0) sets.delete(key);
  }
}

/** The members of a key, in no particular order. */
export function membersOf(sets: ReadonlyMap<string, Members>, key: string): Iterable<string> {
  const members = sets.get(key);
  if (members === undefined) return none;
  return typeof members === "string" ? [members] : members;
}

/** One of the members of a key. */
export function anyMember(sets: ReadonlyMap<string, Members>, key: string): string | undefined {
  const members = sets.get(key);
  if (members === undefined || typeof members === "string") return members;
  const [first] = members;
  return first;
}
