/**
 * The files of a case that are compared with what the compiler makes of it, and rewritten by UPDATE=1.
 */
import { equal } from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Encoded } from "#compiler";
import type { GoldenCase } from "./case-directory.ts";
import type { State } from "./compile-case.ts";
import type { Material } from "./material.ts";
import { renderResources } from "./resources-yaml.ts";

/** File name to content; undefined where there must be no file. */
export type PinnedFiles = ReadonlyMap<string, string | undefined>;

/** What the files must hold. */
export function pinnedFiles(golden: GoldenCase, states: readonly State[], material: Material): PinnedFiles {
  const files = new Map<string, string | undefined>();
  const first = states[0] as State;
  files.set("envoy.yaml", golden.show.length > 0 ? renderResources(first.resources, golden.show, material) : undefined);
  files.set("diagnostics.txt", first.diagnostics || undefined);
  for (const [i, { step }] of golden.edits.entries()) {
    const [before, after] = [states[i] as State, states[i + 1] as State];
    files.set(`edits/${step}.touched.txt`, touched(before.resources, after.resources));
    const changed = before.diagnostics === after.diagnostics ? undefined : after.diagnostics || "none\n";
    files.set(`edits/${step}.diagnostics.txt`, changed);
  }
  return files;
}

/** Throws with a difference, or writes the files when asked to. */
export function checkPinned(golden: GoldenCase, files: PinnedFiles, update: boolean): void {
  for (const [file, content] of files) {
    const path = join(golden.directory, file);
    if (update) write(path, content);
    const found = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    equal(titled(file, content), titled(file, found));
  }
}

function titled(file: string, content: string | undefined): string {
  return content === undefined ? `${file} is absent` : `${file} is\n${content}`;
}

function write(path: string, content: string | undefined): void {
  if (content === undefined) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** One line per resource that differs, sorted. */
export function touched(before: readonly Encoded[], after: readonly Encoded[]): string {
  const versions = (resources: readonly Encoded[]): Map<string, string> =>
    new Map(resources.map(({ type, name, version }) => [`${type} ${name}`, version]));
  const [old, fresh] = [versions(before), versions(after)];
  const lines = [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((key) => {
    if (!old.has(key)) return [`added ${key}`];
    if (!fresh.has(key)) return [`removed ${key}`];
    return old.get(key) === fresh.get(key) ? [] : [`changed ${key}`];
  });
  return lines.length === 0 ? "nothing\n" : `${lines.join("\n")}\n`;
}
