/**
 * Says which connections a changed listener ends: Envoy drains every chain whose bytes are gone, and all of them when
 * a setting of the listener itself changed. Announced before the change is sent, because clients will notice it.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import { type ResourceRef, refKey } from "#base/origin.ts";
import type { Encoded, ResourceChange } from "#compiler";

/** How many of a listener's filter chains drain, and out of how many. */
export interface Drain {
  readonly chains: number;
  readonly of: number;
}

/** More objects are not told each for itself. */
const most = 10;

/** What a change ends; the first part of a listener's bytes is everything but its chains. */
export function drainOf(before: Encoded, after: Encoded | undefined): Drain {
  const [head, ...chains] = before.parts;
  const [newHead, ...kept] = after?.parts ?? [];
  const same = head !== undefined && head === newHead;
  const gone = chains.filter((chain) => !same || !kept.includes(chain));
  return { chains: gone.length, of: chains.length };
}

/** How drains are found and told. */
export interface DrainWords {
  /** What Envoy has of a listener now. */
  held(name: string): Encoded | undefined;
  /** The objects that a listener comes from, the one that is it first. */
  owners(name: string): readonly ResourceRef[];
  /** Objects that the changes come from. */
  readonly edited: readonly ResourceRef[];
  readonly log: Log;
}

/** Logs what the listeners among the changes end, and gives notices for the objects that it comes from. */
export function announceDrains(changes: readonly ResourceChange[], words: DrainWords): readonly Diagnostic[] {
  return changes.flatMap(({ type, name, resource }) => {
    const before = type === "listener" ? words.held(name) : undefined;
    const { chains, of } = before ? drainOf(before, resource) : { chains: 0, of: 0 };
    if (chains === 0) return [];
    const how = resource ? "changes" : "is removed";
    const what = `listener ${name} ${how}: connections of ${chains} of its ${of} filter chains end`;
    words.log("info", `${what} within the drain time`);
    return concerned(words.owners(name), words.edited).map((ref) =>
      diagnose("listener/drains", { ref, path: "" }, what, { traffic: "clients connect anew within the drain time" }),
    );
  });
}

/** What was edited of that which makes the listener, else whatever was edited; if that is much, the listener itself. */
function concerned(owners: readonly ResourceRef[], edited: readonly ResourceRef[]): readonly ResourceRef[] {
  const owning = new Set(owners.map(refKey));
  const both = edited.filter((ref) => owning.has(refKey(ref)));
  if (both.length > 0 && both.length <= most) return both;
  return edited.length > 0 && edited.length <= most ? edited : owners.slice(0, 1);
}
