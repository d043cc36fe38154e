/**
 * The compiler behind its door: a graph that is kept open, fed with edits and asked for what changed.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { formatOrigin, type Origin, type ResourceRef, refKey } from "#base/origin.ts";
import type { FileContent, RawObject } from "./api/index.ts";
import { type Declared, declareCompiler } from "./compile.ts";
import type { CommitResult, Compilation, Compiler, CompilerEdit, ResourceChange } from "./door.ts";
import { createFollowers } from "./followers.ts";
import { type Changes, type Graph, openGraph } from "./graph/index.ts";
import type { LastGood, Refusal } from "./history.ts";
import type { ConsulAnswer } from "./ir/consul.ts";
import type { Encoded, ResourceType } from "./ir/encoded.ts";
import { compareText } from "./link/order.ts";
import { ownersOf } from "./owners.ts";
import { defaultSettings, type Settings } from "./settings.ts";

const types = [
  "cluster",
  "endpoints",
  "extension",
  "secret",
  "listener",
  "routes",
  "scope",
] as const satisfies readonly ResourceType[];

/** What a one-off compilation starts from besides objects. */
export interface CompileInputs {
  readonly settings?: Settings;
  readonly lastGood?: Iterable<readonly [string, LastGood]>;
  readonly refusals?: Iterable<readonly [string, Refusal]>;
  /** Asked for every file that the configuration names. */
  readonly readFile?: (path: string) => FileContent;
  readonly consul?: Iterable<readonly [string, ConsulAnswer]>;
}

/** Opens a compiler without objects. `strict` makes bugs of the compiler throw instead of being reported. */
export function openCompiler(
  settings: Settings = defaultSettings,
  options: { readonly strict?: boolean } = {},
): Compiler {
  const graph = openGraph({ strict: options.strict ?? false, originOf });
  const declared = declareCompiler(graph);
  declared.inputs.settings.set("", settings);
  const followers = createFollowers(declared);
  let sorted: readonly Diagnostic[] | undefined;
  return {
    apply: (edits) => {
      for (const edit of edits) applyEdit(declared.inputs, edit);
    },
    commit(mayContinue) {
      const before = sorted;
      sorted = undefined;
      const changes = graph.commit(mayContinue);
      if (!changes.diagnosticsChanged) sorted = before;
      followers.note(changes);
      return commitResult(declared, changes);
    },
    resources: (type) => valuesOf(declared.outputs[type]),
    wantedFiles: () => declared.inputs.files.wanted(),
    wantedSecrets: () => declared.hosts.wantedSecrets(),
    resource: (type, name) => declared.outputs[type].get(name),
    diagnostics() {
      sorted ??= sortedDiagnostics(graph);
      return sorted;
    },
    follow: followers.follow,
    owners: (type, name) => ownersOf(declared, type, name),
    admitted: (ref) => admittedText(declared, ref),
    inspect: (collection, key) => graph.inspect(collection, key),
    declared,
  };
}

/** Compiles everything at once. Errors of the compiler itself are thrown. */
export function compile(
  objects: Iterable<readonly [key: string, object: RawObject]>,
  inputs: CompileInputs = {},
): Compilation {
  const compiler = openCompiler(inputs.settings ?? defaultSettings, { strict: true });
  const edits: CompilerEdit[] = [];
  for (const [key, value] of objects) edits.push({ kind: "object", key, value });
  for (const [key, value] of inputs.lastGood ?? []) edits.push({ kind: "lastGood", key, value });
  for (const [key, value] of inputs.refusals ?? []) edits.push({ kind: "refusal", key, value });
  for (const [key, value] of inputs.consul ?? []) edits.push({ kind: "consul", key, value });
  compiler.apply(edits);
  compiler.commit();
  if (inputs.readFile) readFiles(compiler, inputs.readFile);
  return {
    resources: types.flatMap((type) => [...compiler.resources(type)]),
    diagnostics: compiler.diagnostics(),
    compiler,
  };
}

/** What a file says may name others. */
function readFiles(compiler: Compiler, readFile: (path: string) => FileContent): void {
  const known = new Set<string>();
  for (;;) {
    const paths = [...compiler.wantedFiles()].filter((path) => !known.has(path));
    if (paths.length === 0) return;
    for (const path of paths) known.add(path);
    compiler.apply(paths.map((path) => ({ kind: "file", key: path, value: readFile(path) }) as const));
    compiler.commit();
  }
}

function applyEdit(
  { objects, lastGood, refusals, files, consul, challenges, routeTables, certificates, settings }: Declared["inputs"],
  edit: CompilerEdit,
): void {
  if (edit.kind === "settings") settings.set("", edit.value);
  else if (edit.kind === "routeTables") routeTables.set("", edit.value);
  else if (edit.kind === "certificates") certificates.set("", edit.value);
  else if (edit.kind === "object") write(objects, edit.key, edit.value);
  else if (edit.kind === "lastGood") write(lastGood, edit.key, edit.value);
  else if (edit.kind === "file") write(files, edit.key, edit.value);
  else if (edit.kind === "consul") write(consul, edit.key, edit.value);
  else if (edit.kind === "challenge") write(challenges, edit.key, edit.value);
  else write(refusals, edit.key, edit.value);
}

function write<T>(
  source: { set(key: string, value: T): void; delete(key: string): void },
  key: string,
  value: T | undefined,
): void {
  if (value === undefined) source.delete(key);
  else source.set(key, value);
}

function commitResult(declared: Declared, changes: Changes): CommitResult {
  const resources = types.flatMap((type) =>
    [...changes.changed(declared.outputs[type])].map((name) => changeOf(declared, type, name)),
  );
  return { done: changes.done, overtook: changes.overtook, resources, diagnosticsChanged: changes.diagnosticsChanged };
}

function changeOf(declared: Declared, type: ResourceType, name: string): ResourceChange {
  const resource = declared.outputs[type].get(name);
  return resource ? { type, name, resource } : { type, name };
}

function* valuesOf(collection: { entries(): Iterable<readonly [string, Encoded]> }): Iterable<Encoded> {
  const entries = [...collection.entries()].sort(([a], [b]) => compareText(a, b));
  for (const [, value] of entries) yield value;
}

/**
 * By object, field and code; the same problem seen from several steps is told once. Objects of different groups may
 * read alike: Kubernetes and Knative both have Ingresses.
 */
function sortedDiagnostics(graph: Graph): readonly Diagnostic[] {
  const byText = new Map<string, Diagnostic>();
  for (const [, list] of graph.diagnostics.entries()) {
    for (const diagnostic of list) {
      const { at, code, message } = diagnostic;
      byText.set([formatOrigin(at), code, message, at.ref.group].join("\0"), diagnostic);
    }
  }
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, diagnostic]) => diagnostic);
}

function admittedText(declared: Declared, ref: ResourceRef): RawObject | undefined {
  const key = refKey(ref);
  const { admitted, identities } = declared.objects;
  return admitted.get(key)?.from === "current" ? identities.get(key)?.[0] : undefined;
}

/** The object that an input of a step comes from, for reports about the step itself. */
function originOf(item: unknown): Origin | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  if (Array.isArray(item)) return originOf(item[0]);
  if ("origin" in item) return item.origin as Origin;
  if ("ref" in item) return { ref: item.ref as ResourceRef, path: "" };
  if ("resource" in item) return originOf(item.resource);
  if ("route" in item) return originOf(item.route);
  return "host" in item ? originOf(item.host) : undefined;
}
