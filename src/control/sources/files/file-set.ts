/**
 * What was last read from every file, and what changes when a file is read again.
 * A file that cannot be read completely takes nothing away: objects that were read from it before and are not found
 * now stay as they were, in the place of the documents that broke, until the whole file can be read again.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { formatRef, type ResourceRef, refKey } from "#base/origin.ts";
import { configAnnotation, type RawObject } from "#compiler";
import { fileRef, type ManifestReading, type Place, type ReadObject } from "../manifests/manifest.ts";
import { createPlaceIndex } from "../manifests/place-index.ts";

/** One change: an object under its key, or (without a value) its end. */
export interface FileEdit {
  readonly key: string;
  readonly value?: RawObject;
}

/** What reading a file gave. */
export type FileOutcome =
  | { readonly kind: "read"; readonly reading: ManifestReading; readonly endsInLine: boolean }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly code: "files/unreadable" | "files/too-large"; readonly message: string };

/** Everything that files said last. */
export interface FileSet {
  /** Whether an outcome looks like a moment within an edit: a file half written, or gone until it is renamed back. */
  isDoubtful(file: string, outcome: FileOutcome): boolean;
  /** Takes an outcome in and tells what changed. */
  put(file: string, outcome: FileOutcome): readonly FileEdit[];
  diagnostics(): readonly Diagnostic[];
  ignored(): Readonly<Record<string, number>>;
  placeOf(ref: ResourceRef): Place | undefined;
  annotated(): Iterable<RawObject>;
}

interface FileState {
  readonly objects: ReadonlyMap<string, RawObject>;
  readonly places: readonly Place[];
  readonly diagnostics: readonly Diagnostic[];
  readonly ignored: Readonly<Record<string, number>>;
  readonly broken: number;
  readonly endsInLine: boolean;
}

const nothing: FileState = {
  objects: new Map(),
  places: [],
  diagnostics: [],
  ignored: {},
  broken: 0,
  endsInLine: true,
};

/** An empty set. */
export function createFileSet(): FileSet {
  const files = new Map<string, FileState>();
  /** Those of them that there is something to say about. */
  const diagnosed = new Map<string, readonly Diagnostic[]>();
  const ignored = createTally();
  const places = createPlaceIndex();

  function replace(file: string, state: FileState): readonly FileEdit[] {
    const before = files.get(file) ?? nothing;
    if (state === nothing) files.delete(file);
    else files.set(file, state);
    if (state.diagnostics.length === 0) diagnosed.delete(file);
    else diagnosed.set(file, state.diagnostics);
    ignored.replace(before.ignored, state.ignored);
    places.replace(before.places, state.places);
    return difference(before.objects, state.objects);
  }

  return {
    isDoubtful: (file, outcome) => isDoubtful(files.get(file) ?? nothing, outcome),
    put(file, outcome) {
      const before = files.get(file) ?? nothing;
      if (outcome.kind === "missing") return replace(file, nothing);
      if (outcome.kind === "read") return replace(file, stateAfter(before, outcome.reading, outcome.endsInLine));
      const at = { ref: fileRef(file), path: "" };
      const message = `this file is not read: ${outcome.message}`;
      const diagnostic = diagnose(outcome.code, at, message, { traffic: effect([...before.objects.values()]) });
      return replace(file, { ...before, diagnostics: [diagnostic] });
    },
    diagnostics: () => [
      ...[...diagnosed.keys()].sort().flatMap((file) => diagnosed.get(file) ?? []),
      ...places.duplicates(),
    ],
    ignored: ignored.all,
    placeOf: places.placeOf,
    *annotated() {
      for (const { objects } of files.values()) {
        for (const object of objects.values()) if (object.annotations[configAnnotation] !== undefined) yield object;
      }
    },
  };
}

function isDoubtful(before: FileState, outcome: FileOutcome): boolean {
  if (outcome.kind === "missing") return before.objects.size > 0;
  if (outcome.kind === "failed") return false;
  const { reading, endsInLine } = outcome;
  if (reading.broken.length > before.broken || (before.endsInLine && !endsInLine)) return true;
  const found = new Set(reading.objects.map(({ value }) => refKey(value.ref)));
  return [...before.objects.values()].some(({ ref }) => !found.has(refKey(ref)));
}

function stateAfter(before: FileState, reading: ManifestReading, endsInLine: boolean): FileState {
  const { ignored, broken } = reading;
  const kept = keep(before, reading);
  const objects = new Map<string, RawObject>();
  for (const { key, value } of [...reading.objects, ...kept]) objects.set(key, value);
  const traffic = effect(kept.map(({ value }) => value));
  const diagnostics = reading.diagnostics.map((d) => (d.severity === "error" ? { traffic, ...d } : d));
  const places = [...reading.places, ...kept.flatMap((object) => placeKept(object, reading, before))];
  return { objects, places, diagnostics, ignored, broken: broken.length, endsInLine };
}

/** What the last reading had and this one, being broken somewhere, does not. */
function keep(before: FileState, reading: ManifestReading): readonly ReadObject[] {
  if (reading.broken.length === 0) return [];
  const found = new Set(reading.objects.map(({ value }) => refKey(value.ref)));
  const taken = new Set(reading.objects.map(({ key }) => key));
  const missing = [...before.objects].filter(([, value]) => !found.has(refKey(value.ref)));
  const last = reading.broken.at(-1) ?? "";
  return missing.map(([key, value], index) => {
    // Its old key, where that is free: then nothing changes for whoever follows the keys.
    const place = taken.has(key) ? (reading.broken[index] ?? `${last}+${index}`) : key;
    const free = taken.has(place) ? `${last}+${index}` : place;
    taken.add(free);
    return { key: free, value };
  });
}

/** A kept object stands where the document broke that had it; else where it stood. */
function placeKept({ key, value }: ReadObject, reading: ManifestReading, before: FileState): readonly Place[] {
  const { ref } = value;
  if (reading.places.some((place) => refKey(place.ref) === refKey(ref))) return [];
  const at = reading.places.find((place) => place.key === key) ?? before.places.find((place) => place.key === key);
  return at === undefined ? [] : [{ ...at, ref }];
}

function effect(kept: readonly RawObject[]): string {
  if (kept.length === 0) return "nothing of it is served";
  const shown = kept.slice(0, 3).map(({ ref }) => formatRef(ref));
  const more = kept.length > shown.length ? ` and ${kept.length - shown.length} more` : "";
  return `what was last read stays in force: ${shown.join(", ")}${more}`;
}

function difference(
  before: ReadonlyMap<string, RawObject>,
  after: ReadonlyMap<string, RawObject>,
): readonly FileEdit[] {
  const edits: FileEdit[] = [];
  for (const key of before.keys()) if (!after.has(key)) edits.push({ key });
  for (const [key, value] of after) if (!equal(before.get(key), value)) edits.push({ key, value });
  return edits;
}

/** Sums of what the files have ignored, kept up to date file by file. */
function createTally() {
  const total = new Map<string, number>();
  const add = (counts: FileState["ignored"], sign: 1 | -1) => {
    for (const [kind, count] of Object.entries(counts)) {
      const sum = (total.get(kind) ?? 0) + sign * count;
      if (sum === 0) total.delete(kind);
      else total.set(kind, sum);
    }
  };
  return {
    replace(before: FileState["ignored"], after: FileState["ignored"]): void {
      add(before, -1);
      add(after, 1);
    },
    all: (): FileState["ignored"] => Object.fromEntries(total),
  };
}
