/** Manifests from the paths of a command: read once, compiled once. */
import type { Diagnostic } from "#base/diagnostic.ts";
import { compareDiagnostics, type Locate } from "#base/render-diagnostic.ts";
import { type Compiler, compile, defaultSettings, type Encoded, isKnownKind, type RawObject } from "#compiler";
import { readFiles, readWanted } from "../control/sources/files/files.ts";
import { fileDirectories } from "./file-directories.ts";
import { checkPaths } from "./paths.ts";
import { type SettingsFlags, settingsFrom } from "./settings.ts";

/** What manifests say and what they compile to. */
export interface CompiledManifests {
  readonly objects: readonly RawObject[];
  readonly resources: readonly Encoded[];
  readonly compiler: Compiler;
  /** Of reading and of compiling, worst first. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many objects there were of each kind that is not ours. */
  readonly ignored: Readonly<Record<string, number>>;
  readonly locate: Locate;
}

/** Reads and compiles. */
export async function compileManifests(paths: readonly string[], flags: SettingsFlags): Promise<CompiledManifests> {
  checkPaths(paths);
  const settings = { ...defaultSettings, ...settingsFrom(flags, process.env) };
  const directories = fileDirectories(flags, process.env);
  const { edits, locate, ignored, ...read } = await readFiles(paths, {
    isKnownKind,
    defaultNamespace: settings.namespace,
  });
  const objects = edits.flatMap(({ key, value }) => (value ? [[key, value] as const] : []));
  const { resources, compiler, diagnostics } = compile(objects, {
    settings,
    readFile: (path) => readWanted(path, directories),
  });
  return {
    objects: objects.map(([, object]) => object),
    resources,
    compiler,
    diagnostics: [...read.diagnostics, ...diagnostics].sort(compareDiagnostics),
    ignored,
    locate,
  };
}
