/**
 * OBSERVE: the text of one file → the objects in it and what is wrong with the others.
 * Every document stands for itself: one that cannot be read costs nothing but itself. Lists are unfolded.
 * Works one document at a time, so that whoever reads a large file can let others run in between.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { DiagnosticCode } from "#base/diagnostic-codes.ts";
import { type Fields, isFields } from "#base/fields.ts";
import { intern } from "#base/intern.ts";
import { child, type Origin, type ResourceRef } from "#base/origin.ts";
import type { RawObject } from "#compiler";
import { identify, type KnownIdentity, type List, readList } from "./identity.ts";
import { toRawObject } from "./metadata.ts";
import { checkPlain } from "./plain.ts";
import { type DuplicateField, guessField, type Steps } from "./positions.ts";
import { type DocumentText, splitDocuments } from "./split.ts";
import type { DecodedText } from "./text.ts";
import { loadDocument } from "./yaml.ts";

/** What the reader must know about the product and its operator. */
export interface ManifestOptions {
  /** Kinds that the product does not know are counted, not judged. */
  readonly isKnownKind: (group: string, kind: string) => boolean;
  /** For namespaced objects that name none. */
  readonly defaultNamespace: string;
  /** No more objects than this are read from the file. */
  readonly maxObjects: number;
}

/** Where an object or a document stands: enough to find the line of any of its fields later. */
export interface Place {
  readonly file: string;
  readonly key: string;
  readonly ref: ResourceRef;
  /** Start of the document's text in the file's decoded text, and its line. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** The way from the document to the object: `items[3]` of a List. */
  readonly within: Steps;
  /** Written without metadata and spec, as the annotations of old were. */
  readonly flat: boolean;
  /** Where the document stops making sense, when it does. */
  readonly brokenAt?: number;
}

/** An object of a file. Keys are `<file>#<document>`, `<file>#<document>.<item>` within a List. */
export interface ReadObject {
  readonly key: string;
  readonly value: RawObject;
}

/** Everything that a file said. */
export interface ManifestReading {
  readonly objects: readonly ReadObject[];
  /** Keys of the documents and items that could not be read. */
  readonly broken: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly places: readonly Place[];
  /** How many objects of each unknown kind there were, by `Kind.group`. */
  readonly ignored: Readonly<Record<string, number>>;
}

/** How many problems of one file are told one by one. */
const maxDiagnostics = 1000;

/** The identity that a document without one gets in diagnostics. */
export function documentRef(name: string): ResourceRef {
  return { group: "", kind: "Document", namespace: "", name };
}

/** The identity that a file gets in diagnostics. */
export function fileRef(file: string): ResourceRef {
  return { group: "", kind: "File", namespace: "", name: file };
}

/** Reads all documents of a file, pausing after each. */
export function* readManifest(
  file: string,
  decoded: DecodedText,
  options: ManifestOptions,
): Generator<void, ManifestReading> {
  const reader: Reader = { file, options, objects: [], broken: [], diagnostics: [], places: [], ignored: {} };
  for (const document of splitDocuments(decoded.text)) {
    if (isFull(reader)) {
      reportTooMany(reader, document);
      break;
    }
    readDocument(reader, document, decoded.malformed);
    yield;
  }
  return { ...reader, diagnostics: capped(file, reader.diagnostics) };
}

interface Reader {
  readonly file: string;
  readonly options: ManifestOptions;
  readonly objects: ReadObject[];
  readonly broken: string[];
  readonly diagnostics: Diagnostic[];
  readonly places: Place[];
  readonly ignored: Record<string, number>;
}

/** One value of a document: the whole, or an item of a List. */
interface Item {
  readonly key: string;
  readonly document: DocumentText;
  readonly within: Steps;
  readonly value: unknown;
  /** What a typed List (`ServiceList`) says of items that do not say it themselves. */
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
}

/** An object that is the whole of its document. */
const whole: Steps = [];

function readDocument(reader: Reader, document: DocumentText, malformed: boolean): void {
  const key = intern(`${reader.file}#${document.number}`);
  const item: Item = { key, document, within: whole, value: undefined };
  const brokenAt = malformed ? document.text.indexOf("\uFFFD") : -1;
  if (brokenAt >= 0) {
    reject(reader, item, "manifest/not-utf8", "this document holds bytes that are not UTF-8", { brokenAt });
    return;
  }
  const loaded = loadDocument(document.text);
  if (loaded.kind === "bad") {
    const code = loaded.problem === "syntax" ? "manifest/syntax" : "manifest/too-deep";
    reject(reader, item, code, `this document does not parse: ${loaded.reason}`, { brokenAt: loaded.offset });
  } else if (loaded.kind === "value") {
    readItem(reader, { ...item, value: loaded.value });
    reportDuplicateFields(reader, item, loaded.duplicates);
  }
}

function reportDuplicateFields(reader: Reader, item: Item, duplicates: readonly DuplicateField[]): void {
  const object = reader.objects.at(-1);
  const ref = object?.key === item.key ? object.value.ref : documentRef(item.key);
  if (duplicates.length > 0 && object?.key !== item.key) reader.places.push(placeOf(reader, item, ref, {}));
  for (const { steps } of duplicates) {
    const message = "this field is given more than once; the last one counts";
    const hint = "remove all but one of them";
    reader.diagnostics.push(diagnose("manifest/duplicate-key", child({ ref, path: "" }, ...steps), message, { hint }));
  }
}

function readItem(reader: Reader, item: Item): void {
  const list = readList(item.value);
  if (list !== undefined) readItems(reader, item, list);
  else if (isListWithout(item.value))
    reject(reader, item, "manifest/not-an-object", "the items of this List are no list", { path: ".items" });
  else if (isFields(item.value)) readObject(reader, item, item.value);
  else reject(reader, item, "manifest/not-an-object", "this is not an object with apiVersion, kind and metadata");
}

/** A List without any items is an empty one. */
function isListWithout(value: unknown): boolean {
  return isFields(value) && value["kind"] === "List" && value["items"] !== undefined && value["items"] !== null;
}

const maxListDepth = 4;

function readItems(reader: Reader, item: Item, list: List): void {
  if (item.within.length >= maxListDepth * 2) {
    reject(reader, item, "manifest/too-deep", "lists are nested too deeply");
    return;
  }
  const separator = item.within.length === 0 ? "." : "-";
  for (const [index, value] of list.items.entries()) {
    if (isFull(reader)) {
      reportTooMany(reader, item.document);
      return;
    }
    const within = [...item.within, ...list.steps, index];
    const { apiVersion, kind } = list;
    const key = intern(`${item.key}${separator}${index + 1}`);
    readItem(reader, { key, document: item.document, within, value, apiVersion, kind });
  }
}

function isFull(reader: Reader): boolean {
  return reader.objects.length + reader.broken.length >= reader.options.maxObjects;
}

function readObject(reader: Reader, item: Item, fields: Fields): void {
  const typed = item.kind === undefined ? fields : { apiVersion: item.apiVersion, kind: item.kind, ...fields };
  const identity = identify(typed, reader.options.defaultNamespace);
  const { group, kind, problem } = identity;
  if (group !== undefined && !reader.options.isKnownKind(group, kind)) {
    const name = group === "" ? kind : `${kind}.${group}`;
    reader.ignored[name] = (reader.ignored[name] ?? 0) + 1;
  } else if (problem !== undefined) {
    reject(reader, item, problem.code, problem.message, problem);
  } else {
    admit(reader, item, fields, identity);
  }
}

function admit(reader: Reader, item: Item, fields: Fields, identity: KnownIdentity): void {
  const { ref, flat } = identity;
  reader.places.push(placeOf(reader, item, ref, { flat }));
  const problems = checkPlain(fields);
  if (problems.length === 0) {
    const { value, diagnostics } = toRawObject(fields, identity);
    reader.diagnostics.push(...diagnostics);
    reader.objects.push({ key: item.key, value });
    return;
  }
  reader.broken.push(item.key);
  for (const { problem, steps, message } of problems) {
    reader.diagnostics.push(diagnose(`manifest/${problem}`, child({ ref, path: "" }, ...steps), message));
  }
}

interface Rejection {
  readonly path?: string;
  readonly hint?: string | undefined;
  readonly brokenAt?: number;
}

function reject(reader: Reader, item: Item, code: DiagnosticCode, message: string, rejection: Rejection = {}): void {
  const ref = documentRef(item.key);
  const { brokenAt, hint } = rejection;
  const path = brokenAt === undefined ? (rejection.path ?? "") : guessField(item.document.text, brokenAt);
  reader.broken.push(item.key);
  reader.places.push(placeOf(reader, item, ref, brokenAt === undefined ? {} : { brokenAt }));
  reader.diagnostics.push(diagnose(code, { ref, path }, message, hint === undefined ? {} : { hint }));
}

function placeOf(reader: Reader, item: Item, ref: ResourceRef, more: { flat?: boolean; brokenAt?: number }): Place {
  const { start, line, text } = item.document;
  return {
    file: reader.file,
    key: item.key,
    ref,
    start,
    end: start + text.length,
    line,
    within: item.within,
    flat: false,
    ...more,
  };
}

function reportTooMany(reader: Reader, document: DocumentText): void {
  const at: Origin = { ref: documentRef(`${reader.file}#${document.number}`), path: "" };
  const item: Item = { key: at.ref.name, document, within: [], value: undefined };
  reader.places.push(placeOf(reader, item, at.ref, {}));
  reader.broken.push(item.key);
  const message = `there are more than ${reader.options.maxObjects} objects; this one and what follows it in the file are not read`;
  reader.diagnostics.push(diagnose("manifest/too-many", at, message));
}

function capped(file: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= maxDiagnostics) return diagnostics;
  const more = `${diagnostics.length - maxDiagnostics} more problems of this file are not shown`;
  return [...diagnostics.slice(0, maxDiagnostics), diagnose("manifest/more", { ref: fileRef(file), path: "" }, more)];
}
