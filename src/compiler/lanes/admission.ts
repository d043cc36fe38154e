/**
 * ADMIT in the graph: of everything that was read under one identity, the one resource that counts.
 * The current text of an object if it is good and Envoy did not refuse it; else its last good text; else, where at
 * least its match can be read, a stand-in that answers 503, so that no request falls through to a broader route.
 */
import { type Checked, type Diagnostic, diagnose, hasError } from "#base/diagnostic.ts";
import { formatRef, type Origin } from "#base/origin.ts";
import { contentHash, type RawObject } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { LastGood, Refusal } from "../history.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import type { Remainder } from "./refused-slot.ts";

/** Everything but the object itself that decides about admission. */
export interface AdmissionLookup {
  readonly settings: Collection<Settings>;
  readonly lastGood: Collection<LastGood>;
  readonly refusals: Collection<Refusal>;
}

/** An admitted resource, and which text of the object it comes from. */
export interface Admitted<T> {
  readonly resource: T;
  readonly from: "current" | "lastGood" | "match";
}

type Admit<T> = (raw: RawObject, settings: Settings) => Checked<T>;

/** What is left of an object of which Envoy refused only a part that can be taken out. */
type Repair = (raw: RawObject, refusal: Refusal, lastGood: RawObject | undefined) => Remainder | undefined;

const none: readonly RawObject[] = [];

/** Admits the objects of one identity; `salvage` gives what is left of a bad one, for kinds whose match matters. */
export function admission<T>(
  lookup: AdmissionLookup,
  admit: Admit<T>,
  salvage?: Admit<T>,
  repair?: Repair,
): (members: readonly RawObject[], reads: Reads, key: string) => Derived<Admitted<T>> {
  return (members, reads, key) => {
    const raw = members[0];
    if (!raw) return { out: [] };
    const settings = reads.get(lookup.settings, "") ?? defaultSettings;
    // Copies in files are told by who reads the files, who can say where both stand.
    const copies = members.length > 1 ? members.slice(1).filter((other) => other.within ?? raw.within) : none;
    const duplicates = copies.map((other) => duplicate(other, raw));
    const refusal = refusalOf(lookup, raw, settings, reads, key);
    const left = refusal && repair?.(raw, refusal, reads.get(lookup.lastGood, key)?.object);
    const { value, diagnostics = [] } = left ? admit(left.object, settings) : {};
    if (left && value !== undefined)
      return derived(key, value, left.from, [...duplicates, left.diagnostic, ...diagnostics]);
    const current: Checked<T> = refusal ? { diagnostics: [refused(raw, refusal)] } : admit(raw, settings);
    if (current.value !== undefined)
      return derived(key, current.value, "current", [...duplicates, ...current.diagnostics]);
    if (!hasError(current.diagnostics)) return { out: [], diagnostics: [...duplicates, ...current.diagnostics] };
    const problems = [...duplicates, ...current.diagnostics];
    const lastGood = reads.get(lookup.lastGood, key);
    const previous = lastGood && admit(lastGood.object, settings).value;
    if (previous !== undefined) return derived(key, previous, "lastGood", [...problems, lastGoodNotice(raw)]);
    const rest = refusal?.matchToo ? undefined : salvage?.(raw, settings).value;
    if (rest !== undefined) return derived(key, rest, "match", [...problems, matchKept(raw)]);
    return { out: [], diagnostics: problems };
  };
}

function derived<T>(
  key: string,
  resource: T,
  from: Admitted<T>["from"],
  diagnostics: readonly Diagnostic[],
): Derived<Admitted<T>> {
  return { out: [[key, { resource, from }]], diagnostics };
}

/** What Envoy said of this very content, if it refused it. */
function refusalOf(
  lookup: AdmissionLookup,
  raw: RawObject,
  settings: Settings,
  reads: Reads,
  key: string,
): Refusal | undefined {
  const refusal = reads.get(lookup.refusals, key);
  return refusal?.envoyVersion === settings.envoyVersion && refusal.hash === contentHash(raw) ? refusal : undefined;
}

function whole(raw: RawObject): Origin {
  return { ref: raw.ref, path: "" };
}

function duplicate(raw: RawObject, first: RawObject): Diagnostic {
  return diagnose("manifest/duplicate", whole(raw), `${formatRef(first.ref)} is defined more than once`, {
    traffic: "only the first definition is used",
    hint: "delete the others",
  });
}

function refused(raw: RawObject, refusal: Refusal): Diagnostic {
  return diagnose("envoy/refused", whole(raw), `Envoy ${refusal.envoyVersion} refuses it: ${refusal.message}`, {
    traffic: refusal.matchToo
      ? "no request reaches it; those that it would match go where other routes send them"
      : "this version of the object is not served",
  });
}

function lastGoodNotice(raw: RawObject): Diagnostic {
  return diagnose("object/last-good", whole(raw), "its last good version is still used", {
    traffic: `${formatRef(raw.ref)} behaves as before the change`,
  });
}

function matchKept(raw: RawObject): Diagnostic {
  return diagnose("object/match-kept", whole(raw), "only what it matches can be used", {
    traffic: "requests that match it get 503",
  });
}
