/**
 * Looks for the objects behind a resource that Envoy refused, by leaving suspects out and letting Envoy judge what is
 * left. What Envoy quotes is tried first; when several objects changed at once and it quotes none of them, all are left
 * out and then let back in by halves. What was there before and serves other requests, too, is not touched: Envoy had
 * it in the version that it goes on with, or has nothing of the resource yet and only then everything is suspect.
 */
import type { Log } from "#base/log.ts";
import { formatRef, type ResourceRef, refKey } from "#base/origin.ts";
import type { CompilerEdit, ResourceType } from "#compiler";
import { halves, type Refused } from "../xds/refusal.ts";
import { type LeftOut, leaveOut, letIn, objectAt } from "./left-out.ts";
import { quotedIn } from "./quoted.ts";

/** How Envoy is asked. */
export interface Trials {
  /** Has edits compiled and served; resolves when Envoy has judged the result. */
  trial(edits: readonly CompilerEdit[]): Promise<void>;
  /** What Envoy is known to say against a resource as it is now. */
  refusal(type: ResourceType, name: string): Refused | undefined;
  /** Has Envoy judge resources of a type again that it refused because of another resource. */
  pardon(type: ResourceType): void;
}

/** A search for what is behind one refusal. */
export interface Search {
  readonly refused: Refused;
  readonly trials: Trials;
  readonly leftOut: LeftOut;
  readonly log: Log;
}

/** Where Envoy minds more than this, halves are quicker. */
const mostQuotes = 16;
/** So many objects are named where none of them is to blame. */
const mostNamed = 5;

/** Leaves out what is to blame; resolves when Envoy takes the rest, or when no object alone is to blame. */
export async function isolate(search: Search): Promise<void> {
  const { refused, trials, leftOut, log } = search;
  const { type, name } = refused;
  if (!trials.refusal(type, name)) return;
  const owners = leftOut.compiler.owners(type, name).filter((ref) => objectAt(leftOut.compiler, refKey(ref)));
  const hasChanged = (ref: ResourceRef) => leftOut.recent.has(refKey(ref));
  const changed = owners.filter(hasChanged);
  const others = owners.filter((ref) => !hasChanged(ref));
  // An earlier version, of which the others were a part, was taken. The last group has all that are in those before.
  const groups = refused.replaces ? [changed] : [owners.filter(isNarrow), owners];
  const quotable = refused.replaces ? changed : [...changed, ...others];
  const isFound = (await believe(search, quotable)) || (await bisect(search, groups));
  if (!isFound) {
    log("error", `Envoy refuses the ${type} resource "${name}", and not because of one object`, {
      envoy: refused.envoyVersion,
      reason: refused.message,
      concerns: owners.slice(0, mostNamed).map(formatRef).join(", "),
    });
    return;
  }
  // Envoy refuses a listener, too, while it refuses what fills one of its slots.
  if (type === "extension") trials.pardon("listener");
}

/** Leaves out what Envoy quotes, one after the other; false when that is not all that it minds. */
async function believe(search: Search, suspects: readonly ResourceRef[]): Promise<boolean> {
  const { refused, trials, leftOut } = search;
  const open = new Map(suspects.map((ref) => [refKey(ref), ref]));
  let now: Refused | undefined = refused;
  for (let tries = 0; now && tries < mostQuotes; tries++) {
    const objects = [...open.keys()].flatMap((key) => objectAt(leftOut.compiler, key) ?? []);
    const quoted = quotedIn(now.message, objects);
    if (!quoted) return false;
    const { ref } = quoted.object;
    for (const matchToo of [false, true]) {
      await trials.trial(leaveOut(leftOut, [ref], now ?? refused, matchToo));
      now = trials.refusal(refused.type, refused.name);
      if (!now?.message.includes(quoted.text)) break;
    }
    if (!now?.message.includes(quoted.text)) continue;
    open.delete(refKey(ref));
    await trials.trial(letIn(leftOut, [ref]));
  }
  return !now;
}

/** Leaves whole groups out, and lets back in by halves what Envoy does not mind; false when no group helps. */
async function bisect(search: Search, groups: readonly (readonly ResourceRef[])[]): Promise<boolean> {
  const { refused, trials, leftOut } = search;
  for (const group of groups) {
    if (group.length === 0) continue;
    // What is broad comes back first: without a Host there is nothing that Envoy could refuse of its Mappings.
    const suspects = [...group.filter((ref) => !isNarrow(ref)), ...group.filter(isNarrow)];
    // What an object matches is kept, so that its requests reach nothing else, unless that is what Envoy refuses.
    for (const matchToo of [false, true]) {
      await trials.trial(leaveOut(leftOut, suspects, refused, matchToo));
      if (trials.refusal(refused.type, refused.name)) continue;
      if (suspects.length > 1) for (const half of halves(suspects)) await acquit(search, half, matchToo);
      return true;
    }
  }
  await trials.trial(letIn(leftOut, groups.at(-1) ?? []));
  return false;
}

/** Lets back in those of a group that Envoy does not mind. */
async function acquit(search: Search, group: readonly ResourceRef[], matchToo: boolean): Promise<void> {
  const { refused, trials, leftOut } = search;
  if (group.length === 0) return;
  await trials.trial(letIn(leftOut, group));
  if (!trials.refusal(refused.type, refused.name)) return;
  await trials.trial(leaveOut(leftOut, group, refused, matchToo));
  if (group.length > 1) for (const half of halves(group)) await acquit(search, half, matchToo);
}

const narrowKinds: ReadonlySet<string> = new Set(["Mapping", "TCPMapping", "Ingress"]);

/** Whether an object is about some requests, and others are served without it. */
function isNarrow({ kind }: ResourceRef): boolean {
  return narrowKinds.has(kind);
}
