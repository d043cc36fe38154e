/**
 * Origin → file, line and column, for objects that were read from files and for those written in their annotations.
 * Nothing is computed before it is asked for; texts are read again, and trees built, for the documents asked about.
 */
import { type Origin, type ResourceRef, refKey } from "#base/origin.ts";
import type { Position } from "#base/render-diagnostic.ts";
import { type AnnotationDocument, type AnnotationHost, annotationKey, readAnnotations } from "./annotation.ts";
import type { Place } from "./manifest.ts";
import { findNode, parsePath, type Steps, type TextNode, textTree } from "./positions.ts";

/** What a locator looks at. */
export interface LocatorView {
  /** Where an object stands; for a `Document`, the document. */
  placeOf(ref: ResourceRef): Place | undefined;
  /** Objects that carry the annotation. */
  annotated(): Iterable<AnnotationHost>;
  /** The text that a place's file had when it was read, unless that is lost. */
  textOf(file: string): string | undefined;
}

/** Finds positions, and remembers what it computed until it is told that something changed. */
export interface Locator {
  locate(origin: Origin): Position | undefined;
  forget(): void;
}

/** A locator over a view. */
export function createLocator(view: LocatorView): Locator {
  const trees = new Map<string, TextNode | undefined>();
  let annotations: ReadonlyMap<string, AnnotationDocument> | undefined;

  function treeOf(key: string, text: string): TextNode | undefined {
    if (!trees.has(key)) {
      if (trees.size >= maxTrees) trees.clear();
      trees.set(key, textTree(text));
    }
    return trees.get(key);
  }

  function positionOf(place: Place, path: string): Position {
    const text = view.textOf(place.file)?.slice(place.start, place.end);
    if (text === undefined) return { file: place.file, line: place.line, column: 1 };
    if (place.brokenAt !== undefined) return positionAt(place, text, Math.min(place.brokenAt, text.trimEnd().length));
    const tree = treeOf(`${place.file}:${place.start}`, text);
    if (tree === undefined) return { file: place.file, line: place.line, column: 1 };
    return positionAt(place, text, findNode(tree, [...place.within, ...stepsOf(path, place.flat)]).offset);
  }

  function positionInAnnotation(found: AnnotationDocument, path: string): Position | undefined {
    const parent = view.placeOf(found.host.ref);
    if (parent === undefined) return undefined;
    const text = view.textOf(parent.file)?.slice(parent.start, parent.end);
    const tree = text === undefined ? undefined : treeOf(`${parent.file}:${parent.start}`, text);
    const steps = [...parent.within, "metadata", "annotations", annotationKey];
    const annotation = tree && findNode(tree, steps);
    const block = annotation?.exact ? annotation.node.scalar?.block : undefined;
    if (text === undefined || block === undefined) return positionOf(parent, annotationPath);
    const first = positionAt(parent, text, block.offset);
    const inner = textTree(found.document.text);
    const offset = inner ? findNode(inner, stepsOf(path, found.flat)).offset : 0;
    const inside = positionAt({ ...parent, line: found.document.line }, found.document.text, offset);
    return { file: parent.file, line: first.line + inside.line - 1, column: inside.column + block.indent };
  }

  return {
    locate({ ref, path }) {
      const place = view.placeOf(ref);
      if (place !== undefined) return positionOf(place, path);
      if (ref.kind === "File" && ref.group === "") return { file: ref.name, line: 1, column: 1 };
      annotations ??= readAnnotations(view.annotated());
      const found = annotations.get(refKey(ref));
      return found && positionInAnnotation(found, path);
    },
    forget() {
      trees.clear();
      annotations = undefined;
    },
  };
}

const maxTrees = 8;
const annotationPath = `.metadata.annotations[${JSON.stringify(annotationKey)}]`;

function positionAt(place: { file: string; line: number }, text: string, offset: number): Position {
  let line = place.line;
  let start = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    start = at + 1;
  }
  return { file: place.file, line, column: offset - start + 1 };
}

/** Flat documents have their name and the fields of spec at the top. */
function stepsOf(path: string, flat: boolean): Steps {
  const steps = parsePath(path);
  const [first, second, ...rest] = steps;
  if (!flat || second === undefined) return steps;
  if (first === "spec") return [second, ...rest];
  if (first !== "metadata") return steps;
  return second === "labels" ? ["metadata_labels", ...rest] : [second, ...rest];
}
