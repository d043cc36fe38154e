/** Manifests from the paths of a command: read once, compiled once. */
import { statSync } from "node:fs";
import type { Diagnostic } from "#base/diagnostic.ts";
import { compareDiagnostics, type Locate } from "#base/render-diagnostic.ts";
import { type Compiler, compile, type Encoded, isKnownKind, type RawObject, type Settings } from "#compiler";
import { readFiles } from "../control/sources/files.ts";
import { CannotRun } from "./cannot-run.ts";

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
export async function compileManifests(paths: readonly string[], settings: Settings): Promise<CompiledManifests> {
  checkPaths(paths);
  const { edits, locate, ignored, ...read } = await readFiles(paths, {
    isKnownKind,
    defaultNamespace: settings.namespace,
  });
  const objects = edits.flatMap(({ key, value }) => (value ? [[key, value] as const] : []));
  const { resources, compiler, diagnostics } = compile(objects, { settings });
  return {
    objects: objects.map(([, object]) => object),
    resources,
    compiler,
    diagnostics: [...read.diagnostics, ...diagnostics].sort(compareDiagnostics),
    ignored,
    locate,
  };
}

/** Fails with one sentence for the first path that is not there. */
export function checkPaths(paths: readonly string[]): void {
  for (const path of paths) {
    if (path !== "-" && !statSync(path, { throwIfNoEntry: false })) {
      throw new CannotRun(`there is no file or directory "${path}".`);
    }
  }
}
