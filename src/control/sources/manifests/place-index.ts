/**
 * Where every object and every remarkable document stands, and which objects stand in several places.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef, type ResourceRef, refKey } from "#base/origin.ts";
import { documentRef, type Place } from "./manifest.ts";

/** Places by object and by document. */
export interface PlaceIndex {
  replace(before: readonly Place[], after: readonly Place[]): void;
  /** The first place of an object; for a `Document`, the place of the document. */
  placeOf(ref: ResourceRef): Place | undefined;
  /** A diagnostic for every place of an object but the first. */
  duplicates(): readonly Diagnostic[];
}

/** An empty index. */
export function createPlaceIndex(): PlaceIndex {
  const byRef = new Map<string, Place[]>();
  const byKey = new Map<string, Place>();
  const several = new Set<string>();

  function add(place: Place): void {
    const key = refKey(place.ref);
    const places = byRef.get(key);
    if (places === undefined) {
      byRef.set(key, [place]);
    } else {
      places.push(place);
      places.sort(comparePlaces);
    }
    byKey.set(place.key, place);
    note(key);
  }

  function remove(place: Place): void {
    const key = refKey(place.ref);
    const rest = byRef.get(key)?.filter((other) => other !== place) ?? [];
    if (rest.length === 0) byRef.delete(key);
    else byRef.set(key, rest);
    if (byKey.get(place.key) === place) byKey.delete(place.key);
    note(key);
  }

  function note(key: string): void {
    if ((byRef.get(key)?.length ?? 0) > 1) several.add(key);
    else several.delete(key);
  }

  return {
    replace(before, after) {
      for (const place of before) remove(place);
      for (const place of after) add(place);
    },
    placeOf(ref) {
      return byRef.get(refKey(ref))?.[0] ?? (isDocument(ref) ? byKey.get(ref.name) : undefined);
    },
    duplicates() {
      return [...several].sort().flatMap((key) => describeDuplicates(byRef.get(key) ?? []));
    },
  };
}

function isDocument(ref: ResourceRef): boolean {
  return ref.group === "" && ref.kind === "Document";
}

/** The order of reading: by file, then from top to bottom. */
function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.start - b.start || (a.within.join() < b.within.join() ? -1 : 1);
}

function describeDuplicates([first, ...others]: readonly Place[]): readonly Diagnostic[] {
  if (first === undefined || isDocument(first.ref)) return [];
  const path = ".metadata.name";
  return others.map((place) => {
    const at = { ref: documentRef(place.key), path };
    const related = [{ at: { ref: documentRef(first.key), path }, message: "the other definition is here" }];
    const hint = "remove one of them, or give it another name";
    return diagnose("manifest/duplicate", at, `${formatRef(place.ref)} is defined more than once`, { hint, related });
  });
}
