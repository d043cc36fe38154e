/**
 * OBSERVE for files: reads paths once (`readFiles`), or reads and then watches them (`watchFiles`).
 * This is the door of everything in this room that has to do with files; the rules of what is read are in tree.ts and
 * manifest.ts, those of what is kept when a file breaks in file-set.ts.
 */
import { resolve } from "node:path";
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import type { FileEdit } from "./file-set.ts";
import { createReader, type ReaderSetup } from "./files-reader.ts";
import { startFileWatch } from "./files-watch.ts";
import type { Root } from "./tree.ts";

export type { FileEdit } from "./file-set.ts";
export { readWanted } from "./read-wanted.ts";

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

/** Bounds of what is read. */
export interface FileLimits {
  readonly fileBytes: number;
  readonly totalBytes: number;
  readonly objects: number;
}

/** What changed. The first batch holds everything. */
export interface FileBatch {
  readonly edits: readonly FileEdit[];
  /** All problems of files and manifests as they are now, and whether that is news. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticsChanged: boolean;
  /** How many objects of each unknown kind there are, by `Kind.group`. */
  readonly ignored: Readonly<Record<string, number>>;
}

/** Files that are being watched. */
export interface FileWatcher {
  readonly locate: Locate;
  /** Looks at everything again now; resolves when what was found is delivered. */
  rescan(): Promise<void>;
  /** Ends everything; nothing is delivered after it resolves. */
  close(): Promise<void>;
  /** Resolves when closed; rejects when watching ended because of a bug. */
  readonly done: Promise<void>;
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
