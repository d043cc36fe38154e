/**
 * Where in a document's text a field stands. Made from the parser's events only when somebody asks, so that reading
 * ten thousand good documents does not pay for it. Paths are those of an Origin: `.spec.cors.origins[2]`.
 */

import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from "js-yaml";
import { child } from "#base/origin.ts";

/** A value in the text: where it begins, and its fields or items. */
export interface TextNode {
  readonly start: number;
  readonly fields?: ReadonlyMap<string, TextField>;
  readonly items?: readonly TextNode[];
  readonly scalar?: TextScalar;
}

/** A field of a mapping: where its key begins, and its value. */
export interface TextField {
  readonly key: number;
  readonly node: TextNode;
}

/** A scalar's value. Of a literal block (`|`), the lines of the value are lines of the text, from `block`, indented. */
export interface TextScalar {
  readonly value: string;
  readonly block?: { readonly offset: number; readonly indent: number };
}

/** A field that a mapping already had. */
export interface DuplicateField {
  readonly steps: Steps;
  readonly offset: number;
}

/** The way from a document to a field: names and indexes. */
export type Steps = readonly (string | number)[];

/** The tree of a document's text; undefined when it does not parse. */
export function textTree(text: string): TextNode | undefined {
  return readTree(text)?.root;
}

/** Every field that appears again in the same mapping, except what a merge key brings. */
export function duplicateFields(text: string): readonly DuplicateField[] {
  return readTree(text)?.duplicates ?? [];
}

/** The node that a path leads to, or the nearest one above it that the text has, with the offset to show. */
export function findNode(
  root: TextNode,
  steps: Steps,
): { readonly offset: number; readonly node: TextNode; readonly exact: boolean } {
  let node = root;
  let offset = root.start;
  for (const step of steps) {
    const next = stepInto(node, step);
    if (next === undefined) return { offset, node, exact: false };
    offset = next.key;
    node = next.node;
  }
  return { offset, node, exact: true };
}

/** Takes a path of an Origin apart. */
export function parsePath(path: string): Steps {
  const steps: (string | number)[] = [];
  for (const match of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    const [, name, index, quoted] = match;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(String(JSON.parse(quoted ?? '""')));
  }
  return steps;
}

function stepInto(node: TextNode, step: string | number): TextField | undefined {
  if (typeof step === "number") {
    const item = node.items?.[step];
    return item && { key: item.start, node: item };
  }
  const own = node.fields?.get(step);
  if (own !== undefined || node.fields === undefined) return own;
  const merged = node.fields.get("<<")?.node;
  for (const source of merged?.items ?? (merged ? [merged] : [])) {
    const found = source.fields?.get(step);
    if (found) return found;
  }
  return undefined;
}

interface Reader {
  readonly text: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, TextNode>;
  readonly duplicates: DuplicateField[];
  next: number;
  /** The last offset where something stood: an empty value stands nowhere itself. */
  last: number;
}

function readTree(
  text: string,
): { readonly root: TextNode; readonly duplicates: readonly DuplicateField[] } | undefined {
  const events = eventsOf(text);
  if (events === undefined) return undefined;
  const reader: Reader = { text, events, anchors: new Map(), duplicates: [], next: 0, last: 0 };
  if (events[0]?.type === EVENT_ID.DOCUMENT) reader.next = 1;
  return { root: readNode(reader, []), duplicates: reader.duplicates };
}

function eventsOf(text: string): readonly Event[] | undefined {
  try {
    return parseEvents(text, {});
  } catch (error) {
    // Asking for a position in a text that does not parse is normal: the caller falls back to the document's own line.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function readNode(reader: Reader, steps: Steps): TextNode {
  const event = reader.events[reader.next++];
  if (event === undefined || event.type === EVENT_ID.POP) return { start: 0 };
  if (event.type === EVENT_ID.ALIAS) {
    const anchor = reader.anchors.get(reader.text.slice(event.anchorStart, event.anchorEnd));
    return anchor ?? { start: event.anchorStart };
  }
  if (event.type === EVENT_ID.DOCUMENT) return readNode(reader, steps);
  const node = readValue(reader, event, steps);
  if (event.anchorStart >= 0) reader.anchors.set(reader.text.slice(event.anchorStart, event.anchorEnd), node);
  return node;
}

function readValue(reader: Reader, event: Exclude<Event, { type: 1 | 5 | 6 }>, steps: Steps): TextNode {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const value = getScalarValue(reader.text, event);
      const start = Math.max(event.valueStart, reader.last);
      reader.last = start;
      if (event.style !== SCALAR_STYLE.LITERAL_BLOCK) return { start, scalar: { value } };
      const block = { offset: event.valueStart, indent: event.indent };
      return { start, scalar: { value, block } };
    }
    case EVENT_ID.SEQUENCE: {
      reader.last = event.start;
      const items: TextNode[] = [];
      while (hasMore(reader)) items.push(readNode(reader, [...steps, items.length]));
      reader.next++;
      return { start: event.start, items };
    }
    case EVENT_ID.MAPPING: {
      reader.last = event.start;
      const fields = new Map<string, TextField>();
      while (hasMore(reader)) readField(reader, fields, steps);
      reader.next++;
      return { start: event.start, fields };
    }
  }
}

function readField(reader: Reader, fields: Map<string, TextField>, steps: Steps): void {
  const key = readNode(reader, steps);
  const name = key.scalar?.value ?? "";
  const below = [...steps, name];
  if (fields.has(name) && name !== "<<") reader.duplicates.push({ steps: below, offset: key.start });
  fields.set(name, { key: key.start, node: readNode(reader, below) });
}

function hasMore(reader: Reader): boolean {
  const event = reader.events[reader.next];
  return event !== undefined && event.type !== EVENT_ID.POP;
}

/**
 * The field that a broken text was about to say at an offset, guessed from indentation: for people, in texts that no
 * parser accepts.
 */
export function guessField(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - maxGuessLength), offset);
  const steps: string[] = [];
  let indent = Number.POSITIVE_INFINITY;
  for (const line of before.split("\n").reverse()) {
    const match = /^([\s-]*)(?:"([\w./-]{1,64})"|([\w./-]{1,64}))\s*:(?:\s|$)/.exec(line);
    const name = match?.[2] ?? match?.[3];
    const blank = match?.[1]?.length ?? 0;
    if (name === undefined || blank >= indent) continue;
    steps.unshift(name);
    indent = blank;
    if (indent === 0) break;
  }
  return child({ ref: { group: "", kind: "", namespace: "", name: "" }, path: "" }, ...steps).path;
}

const maxGuessLength = 64 << 10;
