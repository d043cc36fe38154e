/**
 * Compiles a case: its input, then each edit on the same open compiler, checking after each that the result is the one
 * that a compiler started from nothing would have given.
 */
import { deepEqual } from "node:assert/strict";
import type { Diagnostic } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import { compareDiagnostics, renderDiagnostic } from "#base/render-diagnostic.ts";
import {
  type Compiler,
  type CompilerEdit,
  compile,
  defaultSettings,
  type Encoded,
  openCompiler,
  type Settings,
} from "#compiler";
import type { Inputs } from "./manifests.ts";

/** What the compiler made of one state of a case. */
export interface State {
  readonly resources: readonly Encoded[];
  /** Rendered, with file and line. */
  readonly diagnostics: string;
}

/** Compiles from nothing. */
export function compileState(inputs: Inputs, settings: Partial<Settings>): State {
  const { resources, diagnostics } = compile(
    inputs.objects.map(({ key, object }) => [key, object] as const),
    {
      settings: { ...defaultSettings, ...settings },
      lastGood: inputs.lastGood.map((object) => [refKey(object.ref), { object }] as const),
      readFile: inputs.readFile,
      consul: Object.entries(inputs.consul),
    },
  );
  return { resources, diagnostics: render([...inputs.diagnostics, ...diagnostics], inputs) };
}

/** Compiles the first state and then the edits between states; throws when it differs from compiling from nothing. */
export function compileStates(states: readonly Inputs[], settings: Partial<Settings>): State[] {
  const compiler = openCompiler({ ...defaultSettings, ...settings }, { strict: true });
  let previous: Inputs | undefined;
  return states.map((inputs) => {
    compiler.apply(editsBetween(previous, inputs));
    while (!compiler.commit().done);
    giveFiles(compiler, inputs);
    previous = inputs;
    const scratch = compileState(inputs, settings);
    for (const { type, name, version } of scratch.resources) {
      deepEqual(compiler.resource(type, name)?.version, version, `${type} ${name} differs when compiled from nothing`);
    }
    deepEqual(
      render([...inputs.diagnostics, ...compiler.diagnostics()], inputs),
      scratch.diagnostics,
      "diagnostics differ when compiled from nothing",
    );
    return scratch;
  });
}

/** Gives a compiler every file that it wants as it is now, until it wants no others. */
export function giveFiles(compiler: Compiler, { readFile }: Inputs): void {
  const given = new Set<string>();
  for (;;) {
    const paths = [...compiler.wantedFiles()].filter((path) => !given.has(path));
    if (paths.length === 0) return;
    for (const path of paths) given.add(path);
    compiler.apply(paths.map((key) => ({ kind: "file", key, value: readFile(key) }) as const));
    while (!compiler.commit().done);
  }
}

/** The edits that turn one state of a case into the next. */
export function editsBetween(before: Inputs | undefined, after: Inputs): CompilerEdit[] {
  const known = new Map(before?.objects.map(({ key, object }) => [key, object]));
  const edits: CompilerEdit[] = [];
  for (const { key, object } of after.objects) {
    if (known.get(key) !== object) edits.push({ kind: "object", key, value: object });
    known.delete(key);
  }
  for (const key of known.keys()) edits.push({ kind: "object", key });
  for (const key of Object.keys(before?.consul ?? {})) edits.push({ kind: "consul", key });
  for (const [key, value] of Object.entries(after.consul)) edits.push({ kind: "consul", key, value });
  if (!before) {
    for (const object of after.lastGood) edits.push({ kind: "lastGood", key: refKey(object.ref), value: { object } });
  }
  return edits;
}

function render(diagnostics: readonly Diagnostic[], inputs: Inputs): string {
  const sorted = [...diagnostics].sort(compareDiagnostics);
  return sorted.map((diagnostic) => `${renderDiagnostic(diagnostic, { locate: inputs.locate })}\n`).join("");
}
