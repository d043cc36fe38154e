/**
 * Where every object and every remarkable document stands, and which objects stand in several places.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { intern } from "#base/intern.ts";
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
  /** The first place of each object. */
  const byRef = new Map<string, Place>();
  /** All places, in order, of those that stand in several. */
  const several = new Map<string, readonly Place[]>();
  /** These by document, once somebody has asked: what is wrong with other documents is said of what they hold. */
  let byDocument: ReadonlyMap<string, Place> | undefined;

  function placesOf(key: string): readonly Place[] {
    const first = byRef.get(key);
    return first === undefined ? [] : (several.get(key) ?? [first]);
  }

  function put(key: string, places: readonly Place[]): void {
    const [first] = places;
    if (first === undefined) byRef.delete(key);
    else byRef.set(key, first);
    if (places.length > 1) several.set(key, places);
    else several.delete(key);
  }

  function add(place: Place): void {
    const key = intern(refKey(place.ref));
    const others = placesOf(key);
    put(key, others.length === 0 ? [place] : [...others, place].sort(comparePlaces));
  }

  function remove(place: Place): void {
    const key = refKey(place.ref);
    const rest = placesOf(key).filter((other) => other !== place);
    put(key, rest);
  }

  function documentAt(key: string): Place | undefined {
    byDocument ??= new Map([...several.values()].flat().map((place) => [place.key, place]));
    return byDocument.get(key);
  }

  return {
    replace(before, after) {
      for (const place of before) remove(place);
      for (const place of after) add(place);
      byDocument = undefined;
    },
    placeOf(ref) {
      return byRef.get(refKey(ref)) ?? (isDocument(ref) ? documentAt(ref.name) : undefined);
    },
    duplicates() {
      return [...several.keys()].sort().flatMap((key) => describeDuplicates(placesOf(key)));
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
