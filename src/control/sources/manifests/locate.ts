/**
 * Origin → file, line and column, for objects that were read from files and for those written in their annotations.
 * Nothing is computed before it is asked for; texts are read again, and trees built, for the documents asked about.
 */
import { type Origin, type ResourceRef, refKey } from "#base/origin.ts";
import type { Position } from "#base/render-diagnostic.ts";
import { configAnnotation } from "#compiler";
import { type AnnotationCache, type AnnotationDocument, type AnnotationHost, readAnnotations } from "./annotation.ts";
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
  const documents = new Map<string, LocatedText>();
  const readBefore: AnnotationCache = new WeakMap();
  let annotations: ReadonlyMap<string, AnnotationDocument> | undefined;

  function documentOf(place: Place): LocatedText | undefined {
    const key = `${place.file}:${place.start}`;
    const known = documents.get(key);
    const text = known ? undefined : view.textOf(place.file)?.slice(place.start, place.end);
    if (text === undefined) return known;
    if (documents.size >= maxDocuments) documents.clear();
    const document = locatedText(text);
    documents.set(key, document);
    return document;
  }

  function positionOf(place: Place, path: string): Position {
    const document = documentOf(place);
    const offset = document && offsetIn(document, place, path);
    if (document === undefined || offset === undefined) return { file: place.file, line: place.line, column: 1 };
    return position(place.file, place.line, pointIn(document, offset));
  }

  function positionInAnnotation({ host, document, flat }: AnnotationDocument, path: string): Position | undefined {
    const parent = view.placeOf(host.ref);
    const outer = parent && documentOf(parent);
    if (parent === undefined || outer === undefined) return parent && positionOf(parent, annotationPath);
    const found = outer.root && findNode(outer.root, [...parent.within, ...parsePath(annotationPath)]);
    const block = found?.exact ? found.node.scalar?.block : undefined;
    if (block === undefined) return positionOf(parent, annotationPath);
    const inner = locatedText(document.text);
    const offset = inner.root ? findNode(inner.root, stepsOf(path, flat)).offset : 0;
    const { line, column } = pointIn(inner, offset);
    const firstLine = parent.line + pointIn(outer, block.offset).line;
    return position(parent.file, firstLine, { line: document.line - 1 + line, column: column + block.indent });
  }

  return {
    locate({ ref, path }) {
      const place = view.placeOf(ref);
      if (place !== undefined) return positionOf(place, path);
      if (ref.kind === "File" && ref.group === "") return { file: ref.name, line: 1, column: 1 };
      annotations ??= readAnnotations(view.annotated(), readBefore);
      const found = annotations.get(refKey(ref));
      return found && positionInAnnotation(found, path);
    },
    forget() {
      documents.clear();
      annotations = undefined;
    },
  };
}

/** The text of a document, where its lines begin, and what it is made of if it parses. */
interface LocatedText {
  readonly text: string;
  readonly lines: readonly number[];
  readonly root: TextNode | undefined;
}

/** A line, from 0, and a column, from 1. */
interface Point {
  readonly line: number;
  readonly column: number;
}

const maxDocuments = 8;
const annotationPath = `.metadata.annotations[${JSON.stringify(configAnnotation)}]`;

function locatedText(text: string): LocatedText {
  const lines = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
  return { text, lines, root: textTree(text) };
}

function offsetIn({ text, root }: LocatedText, place: Place, path: string): number | undefined {
  if (place.brokenAt !== undefined) return Math.min(place.brokenAt, text.trimEnd().length);
  return root && findNode(root, [...place.within, ...stepsOf(path, place.flat)]).offset;
}

function pointIn({ lines }: LocatedText, offset: number): Point {
  let low = 0;
  let high = lines.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low, column: offset - (lines[low] ?? 0) + 1 };
}

function position(file: string, firstLine: number, { line, column }: Point): Position {
  return { file, line: firstLine + line, column };
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
