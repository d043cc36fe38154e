/**
 * The files of a case that its manifests name: in a directory of their own, from which the product's reader reads them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FileContent } from "#compiler";
import { readWanted } from "../../src/control/sources/files/read-wanted.ts";

/** A reader of files by name; relative paths mean these files, and all others are refused. */
export function openCaseFiles(files: ReadonlyMap<string, string>): (path: string) => FileContent {
  const directories: string[] = [];
  return (path) => {
    if (files.size > 0 && directories.length === 0) directories.push(write(files));
    return readWanted(path, directories);
  };
}

const written = new Set<string>();
process.on("exit", () => {
  for (const directory of written) rmSync(directory, { recursive: true, force: true });
});

function write(files: ReadonlyMap<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "dragoman-case-"));
  written.add(directory);
  for (const [name, text] of files) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}
