/**
 * Finds the objects behind a resource that Envoy refused and has the compiler leave their current content out, so
 * that the last good version, or nothing, is served in its place while everything else goes on.
 * What Envoy quotes is tried first; when several objects changed at once and it quotes none of them, all are left out
 * and then let back in by halves. What was there before and serves other requests, too, is not touched: Envoy had it
 * in the version that it goes on with, or has nothing of the resource yet and only then everything is suspect.
 */

import { errorFields, type Log, type LogFields } from "#base/log.ts";
import { formatRef, type ResourceRef, refKey } from "#base/origin.ts";
import { printable } from "#base/printable.ts";
import { redact } from "#base/redact.ts";
import { type Compiler, type CompilerEdit, contentHash, type Refusal, type ResourceType } from "#compiler";
import { halves, type Refused } from "../xds/refusal.ts";
import type { RecentChange } from "./last-good.ts";
import { quotedIn } from "./quoted.ts";

/** What quarantine works with. */
export interface QuarantineOptions {
  readonly compiler: Compiler;
  readonly log: Log;
  /** Objects that changed lately: the first suspects. */
  readonly recent: ReadonlyMap<string, RecentChange>;
  readonly initial: Iterable<readonly [string, Refusal]>;
  /** Has edits compiled and served; resolves when Envoy has judged the result. */
  trial(edits: readonly CompilerEdit[]): Promise<void>;
  /** What Envoy is known to say against a resource as it is now. */
  refusal(type: ResourceType, name: string): Refused | undefined;
  /** Has Envoy judge resources of a type again that it refused because of another resource. */
  pardon(type: ResourceType): void;
  /** The search is over, and what is left out is what is to blame. */
  onFound(): void;
}

/** The objects that are left out. */
export interface Quarantine {
  /** Envoy refused a resource. Refusals are dealt with one after the other. */
  report(refused: Refused): void;
  /** Refusals of objects that these edits change say nothing any more. */
  release(edits: readonly CompilerEdit[]): CompilerEdit[];
  /** Refusals of objects that are gone, likewise. */
  forgetGone(): CompilerEdit[];
  /** Whether the objects behind some refusal are being looked for. */
  readonly busy: boolean;
  /** Resolves when no search is under way. */
  idle(): Promise<void>;
  readonly refusals: ReadonlyMap<string, Refusal>;
}

/** Where Envoy minds more than this, halves are quicker. */
const mostQuotes = 16;
/** So many objects are named where none of them is to blame. */
const mostNamed = 5;

/** Starts with what an earlier process knew. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { compiler, log } = options;
  const refusals = new Map(options.initial);
  let queue = Promise.resolve();
  let waiting = 0;

  function leaveOut(refs: readonly ResourceRef[], refused: Refused, matchToo: boolean): CompilerEdit[] {
    const message = redact(printable(refused.message));
    const envoyVersion = minor(refused.envoyVersion);
    return refs.flatMap((ref): CompilerEdit[] => {
      const key = refKey(ref);
      const raw = compiler.declared.objects.identities.get(key)?.[0];
      if (!raw) return [];
      const value: Refusal = {
        ref,
        hash: contentHash(raw),
        message,
        envoyVersion,
        ...(matchToo && { matchToo }),
        ...(refused.type === "extension" && { slot: refused.name }),
      };
      refusals.set(key, value);
      const previous = options.recent.get(key)?.previous;
      const refusal: CompilerEdit = { kind: "refusal", key, value };
      return previous ? [refusal, { kind: "lastGood", key, value: { object: previous } }] : [refusal];
    });
  }

  function letIn(refs: readonly ResourceRef[]): CompilerEdit[] {
    for (const ref of refs) refusals.delete(refKey(ref));
    return refs.map((ref) => ({ kind: "refusal", key: refKey(ref) }));
  }

  async function isolate(refused: Refused): Promise<void> {
    const { type, name } = refused;
    if (!options.refusal(type, name)) return;
    const { identities } = compiler.declared.objects;
    const owners = compiler.owners(type, name).filter((ref) => identities.get(refKey(ref)));
    const hasChanged = (ref: ResourceRef) => options.recent.has(refKey(ref));
    const changed = owners.filter(hasChanged);
    const others = owners.filter((ref) => !hasChanged(ref));
    // An earlier version, of which the others were a part, was taken. The last group has all that are in those before.
    const groups = refused.replaces ? [changed] : [owners.filter(isNarrow), owners];
    const quotable = refused.replaces ? changed : [...changed, ...others];
    const found = (await believe(quotable, refused)) || (await search(groups, refused));
    if (!found) {
      log("error", `Envoy refuses the ${type} resource "${name}", and not because of one object`, {
        ...why(refused),
        concerns: owners.slice(0, mostNamed).map(formatRef).join(", "),
      });
      return;
    }
    // Envoy refuses a listener, too, while it refuses what fills one of its slots.
    if (type === "extension") options.pardon("listener");
  }

  /** Leaves out what Envoy quotes, one after the other; false when that is not all that it minds. */
  async function believe(suspects: readonly ResourceRef[], refused: Refused): Promise<boolean> {
    const open = new Map(suspects.map((ref) => [refKey(ref), ref]));
    let now: Refused | undefined = refused;
    for (let tries = 0; now && tries < mostQuotes; tries++) {
      const objects = [...open.keys()].flatMap((key) => compiler.declared.objects.identities.get(key)?.[0] ?? []);
      const quoted = quotedIn(now.message, objects);
      if (!quoted) return false;
      const { ref } = quoted.object;
      for (const matchToo of [false, true]) {
        await options.trial(leaveOut([ref], now ?? refused, matchToo));
        now = options.refusal(refused.type, refused.name);
        if (!now?.message.includes(quoted.text)) break;
      }
      if (!now?.message.includes(quoted.text)) continue;
      open.delete(refKey(ref));
      await options.trial(letIn([ref]));
    }
    return !now;
  }

  async function search(groups: readonly (readonly ResourceRef[])[], refused: Refused): Promise<boolean> {
    const { type, name } = refused;
    for (const group of groups) {
      if (group.length === 0) continue;
      // What is broad comes back first: without a Host there is nothing that Envoy could refuse of its Mappings.
      const suspects = [...group.filter((ref) => !isNarrow(ref)), ...group.filter(isNarrow)];
      // What an object matches is kept, so that its requests reach nothing else, unless that is what Envoy refuses.
      for (const matchToo of [false, true]) {
        await options.trial(leaveOut(suspects, refused, matchToo));
        if (options.refusal(type, name)) continue;
        if (suspects.length > 1) for (const half of halves(suspects)) await acquit(half, refused, matchToo);
        return true;
      }
    }
    await options.trial(letIn(groups.at(-1) ?? []));
    return false;
  }

  /** Lets back in those of a group that Envoy does not mind. */
  async function acquit(group: readonly ResourceRef[], refused: Refused, matchToo: boolean): Promise<void> {
    if (group.length === 0) return;
    await options.trial(letIn(group));
    if (!options.refusal(refused.type, refused.name)) return;
    await options.trial(leaveOut(group, refused, matchToo));
    if (group.length > 1) for (const half of halves(group)) await acquit(half, refused, matchToo);
  }

  function drop(keys: readonly string[]): CompilerEdit[] {
    return keys.filter((key) => refusals.delete(key)).map((key) => ({ kind: "refusal", key }));
  }

  return {
    refusals,
    get busy() {
      return waiting > 0;
    },
    async idle() {
      while (waiting > 0) await queue;
    },
    report(refused) {
      waiting++;
      queue = queue
        .then(() => isolate(refused))
        .catch((error: unknown) => log("error", "looking for what Envoy refuses has failed", errorFields(error)))
        .finally(() => {
          waiting--;
          if (waiting === 0) options.onFound();
        });
    },
    release(edits) {
      const over = edits.flatMap((edit) => {
        if (edit.kind !== "object" || !edit.value) return [];
        const key = refKey(edit.value.ref);
        const refusal = refusals.get(key);
        return refusal && refusal.hash !== contentHash(edit.value) ? [key] : [];
      });
      return drop(over);
    },
    forgetGone: () => drop([...refusals.keys()].filter((key) => !compiler.declared.objects.identities.get(key))),
  };
}

const narrowKinds: ReadonlySet<string> = new Set(["Mapping", "TCPMapping", "Ingress"]);

/** Whether an object is about some requests, and others are served without it. */
function isNarrow({ kind }: ResourceRef): boolean {
  return narrowKinds.has(kind);
}

function why({ message, envoyVersion }: Refused): LogFields {
  return { envoy: envoyVersion, reason: message };
}

/** `1.40.0` → `1.40`: what Envoy refuses does not change with a patch level. */
function minor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
