/**
 * OBSERVE for files: reads paths once (`readFiles`), or reads and then watches them (`watchFiles`).
 * This is the door of the room; the rules of what is read are in tree.ts and ../manifests/manifest.ts, those of what is
 * kept when a file breaks in file-set.ts.
 */
import { resolve } from "node:path";
import type { Locate } from "#base/render-diagnostic.ts";
import type { FileLimits } from "./budget.ts";
import { createReader, type FileBatch, type ReaderSetup } from "./reader.ts";
import type { Root } from "./tree.ts";
import { type FileWatcher, startFileWatch } from "./watch.ts";

export { readWanted } from "./read-wanted.ts";
export type { FileBatch } from "./reader.ts";
export type { FileWatcher } from "./watch.ts";

/** What the source must be told; everything but `isKnownKind` has a default. */
export interface FilesOptions {
  /** Kinds that the product does not know are counted, not judged. */
  readonly isKnownKind: (group: string, kind: string) => boolean;
  /** The namespace of namespaced objects that name none: `default`. */
  readonly defaultNamespace?: string;
  /** Where `-` is read from. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly limits?: Partial<FileLimits>;
  /** How long a file must stay the same before a loss in it is believed. */
  readonly settleMs?: number;
  /** How often everything is looked at again, for file systems that do not tell of changes. */
  readonly rescanMs?: number;
}

/** What `readFiles` gives: a batch that is all there is, and where things stand. */
export interface FilesReading extends FileBatch {
  readonly locate: Locate;
}

/** Reads paths (files, directories, `-`) once. Never rejects because of what is read. */
export async function readFiles(paths: readonly string[], options: FilesOptions): Promise<FilesReading> {
  const reader = createReader(setupOf(paths, options));
  for (const root of reader.roots) await reader.scan(root, true);
  return { ...reader.commit(), locate: reader.locate };
}

/** Reads paths, delivers the first batch, then delivers every change until it is closed. */
export async function watchFiles(
  paths: readonly string[],
  onChange: (batch: FileBatch) => void,
  options: FilesOptions,
): Promise<FileWatcher> {
  return startFileWatch(setupOf(paths, options), onChange, {
    settleMs: options.settleMs ?? 30,
    rescanMs: options.rescanMs ?? 30_000,
  });
}

const defaultLimits: FileLimits = { fileBytes: 32 << 20, totalBytes: 256 << 20, objects: 200_000 };

function setupOf(paths: readonly string[], options: FilesOptions): ReaderSetup {
  const roots = new Map<string, Root>();
  for (const name of paths) {
    const path = name === "-" ? name : resolve(name);
    if (!roots.has(path)) roots.set(path, { path, name: name === "-" ? "<stdin>" : name });
  }
  return {
    roots: [...roots.values()],
    manifest: { isKnownKind: options.isKnownKind, defaultNamespace: options.defaultNamespace ?? "default" },
    stdin: options.stdin ?? process.stdin,
    limits: { ...defaultLimits, ...options.limits },
  };
}
