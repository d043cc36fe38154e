/**
 * The objects of a case before and after each edit, read as the product reads files.
 */
import { parse } from "yaml";
import type { Diagnostic } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { type ConsulAnswer, type FileContent, isKnownKind, type RawObject } from "#compiler";
import { createLocator } from "../../src/control/sources/manifests/locate.ts";
import { type ManifestReading, readManifest } from "../../src/control/sources/manifests/manifest.ts";
import { createPlaceIndex } from "../../src/control/sources/manifests/place-index.ts";
import { decodeText } from "../../src/control/sources/manifests/text.ts";
import type { GoldenCase, ManifestFile } from "./case-directory.ts";
import { openCaseFiles } from "./case-files.ts";
import type { MaterialForm } from "./placeholders.ts";

/** An object under the key that the compiler knows it by. */
export interface KeyedObject {
  readonly key: string;
  readonly object: RawObject;
}

/** What a compiler is given at one moment of a case. */
export interface Inputs {
  readonly objects: readonly KeyedObject[];
  readonly lastGood: readonly RawObject[];
  /** What Consul answers, by the name of the endpoints. */
  readonly consul: Readonly<Record<string, ConsulAnswer>>;
  /** What reading the files said. */
  readonly diagnostics: readonly Diagnostic[];
  readonly locate: Locate;
  /** Reads the case's own files, and nothing else. */
  readonly readFile: (path: string) => FileContent;
}

/** Replaces the placeholders of a text. */
export type Expand = (text: string, form?: MaterialForm) => string;

/** The inputs at the beginning and after each edit. */
export function inputsOf(
  golden: Pick<GoldenCase, "input" | "edits" | "lastGood" | "files" | "consul">,
  expand: Expand,
  namespace = "default",
): Inputs[] {
  const readFile = (file: ManifestFile): FileReading => read(file.file, expand(file.text), namespace);
  const lastGood = golden.lastGood ? readFile(golden.lastGood).objects.map(({ object }) => object) : [];
  let files = [readFile(golden.input)];
  let named = expandFiles(golden.files, expand);
  let reader = openCaseFiles(named);
  let consul = readAnswers(golden.consul, expand);
  const states = [{ files, consul, readFile: reader }];
  for (const edit of golden.edits) {
    const applied = edit.apply.map(readFile);
    const gone = new Set([...applied, ...edit.remove.map(readFile)].flatMap(refsOf));
    files = [...files.map((file) => without(file, gone)), ...applied];
    if (edit.consul) consul = readAnswers(edit.consul, expand);
    if (edit.files.size > 0) {
      named = new Map([...named, ...expandFiles(edit.files, expand)]);
      reader = openCaseFiles(named);
    }
    states.push({ files, consul, readFile: reader });
  }
  return states.map(({ files, ...given }) => ({ ...merge(files), ...given, lastGood }));
}

function readAnswers(file: ManifestFile | undefined, expand: Expand): Inputs["consul"] {
  return file ? (parse(expand(file.text)) as Inputs["consul"]) : {};
}

function expandFiles(files: ReadonlyMap<string, string>, expand: Expand): ReadonlyMap<string, string> {
  return new Map([...files].map(([name, text]) => [name, expand(text, "pem")]));
}

/** One file, and what of it still counts. */
interface FileReading extends Pick<ManifestReading, "places" | "diagnostics"> {
  readonly file: string;
  readonly text: string;
  readonly objects: readonly KeyedObject[];
}

function read(file: string, text: string, defaultNamespace: string): FileReading {
  const decoded = decodeText(Buffer.from(text));
  const reading = readManifest(file, decoded, { isKnownKind, defaultNamespace, maxObjects: 100_000 });
  let step = reading.next();
  while (!step.done) step = reading.next();
  const { objects, diagnostics, places } = step.value;
  return {
    file,
    text: decoded.text,
    diagnostics,
    places,
    objects: objects.map(({ key, value }) => ({ key, object: value })),
  };
}

const refsOf = (file: FileReading): string[] => file.objects.map(({ object }) => refKey(object.ref));

function without(file: FileReading, gone: ReadonlySet<string>): FileReading {
  return {
    ...file,
    objects: file.objects.filter(({ object }) => !gone.has(refKey(object.ref))),
    diagnostics: file.diagnostics.filter((diagnostic) => !gone.has(refKey(diagnostic.at.ref))),
    places: file.places.filter((place) => !gone.has(refKey(place.ref))),
  };
}

function merge(files: readonly FileReading[]): Omit<Inputs, "lastGood" | "consul" | "readFile"> {
  const index = createPlaceIndex();
  for (const file of files) index.replace([], file.places);
  const objects = files.flatMap((file) => file.objects);
  const locator = createLocator({
    placeOf: index.placeOf,
    annotated: () => objects.map(({ object }) => object),
    textOf: (file) => files.find((one) => one.file === file)?.text,
  });
  return {
    objects: objects.map(({ object }, i) => ({ key: keyOf(objects, i), object })),
    diagnostics: [...files.flatMap((file) => file.diagnostics), ...index.duplicates()],
    locate: (origin) => locator.locate(origin),
  };
}

/** By identity, so that an edit of an object is seen as one; a second object of the same identity gets a number. */
function keyOf(objects: readonly KeyedObject[], index: number): string {
  const own = refKey((objects[index] as KeyedObject).object.ref);
  const before = objects.slice(0, index).filter(({ object }) => refKey(object.ref) === own).length;
  return before === 0 ? own : `${own}#${before + 1}`;
}
