/**
 * Reads the files of some roots and keeps what they said: the part of the files source that does not know time.
 * Whoever watches says what may have changed; this finds out what did.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Diagnostic } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { createFileSet, type FileEdit, type FileOutcome } from "./file-set.ts";
import type { FileBatch, FileLimits } from "./files.ts";
import { createLocator } from "./locate.ts";
import { readManifest } from "./manifest.ts";
import { type FileContent, readContent, readStream } from "./read-file.ts";
import { decodeText } from "./text.ts";
import { createTextCache } from "./text-cache.ts";
import type { EnterDirectory, Root } from "./tree.ts";
import { createTreeIndex, type Found, type KnownFile } from "./tree-index.ts";

/** How a reader is set up. */
export interface ReaderSetup {
  readonly roots: readonly Root[];
  readonly isKnownKind: (group: string, kind: string) => boolean;
  readonly defaultNamespace: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly limits: FileLimits;
  readonly enter?: EnterDirectory;
  /** What the one who watches has to say. */
  readonly remarks?: () => readonly Diagnostic[];
}

/** A file that was read again, but not yet taken in. */
export interface StagedFile {
  readonly path: string;
  readonly root: Root;
  readonly signature: string;
  /** Looks like a moment within an edit. */
  readonly doubtful: boolean;
}

/** Looks at files and stages what it finds; then takes in what was staged. */
export interface FilesReader {
  readonly roots: readonly Root[];
  readonly locate: Locate;
  /** Looks at everything below a root; without `force`, files that are as they were are not read. */
  scan(root: Root, force: boolean): Promise<void>;
  /** Looks at one entry of a directory below a root, and everything below it. */
  look(root: Root, path: string): Promise<void>;
  staged(): readonly StagedFile[];
  /** Takes everything staged in, and gives what changed. */
  commit(): FileBatch;
  directories(): ReadonlyMap<string, Root>;
}

interface Staged {
  readonly file: KnownFile;
  readonly content: FileContent;
  readonly outcome: FileOutcome;
}

/** Reads of files that go on at the same time. */
const concurrentReads = 16;

/** A reader that has read nothing yet. */
export function createReader(setup: ReaderSetup): FilesReader {
  const { limits, isKnownKind, defaultNamespace } = setup;
  const files = createFileSet();
  const tree = createTreeIndex(setup.enter ?? (() => undefined));
  const staged = new Map<string, Staged>();
  const texts = createTextCache();
  const locator = createLocator({ placeOf: files.placeOf, annotated: files.annotated, textOf: texts.get });
  let totalBytes = 0;
  let delivered: readonly Diagnostic[] = [];

  async function stageOne(path: string, force: boolean): Promise<void> {
    const file = tree.file(path);
    if (file === undefined) return;
    const bounds = {
      fileBytes: limits.fileBytes,
      bytesLeft: limits.totalBytes - totalBytes + file.bytes,
      unless: force ? undefined : file.signature,
    };
    const content = path === "-" ? await readStream(setup.stdin, bounds) : await readContent(path, bounds);
    if (content.kind === "same" || (!force && stateOf(content) === file.signature)) staged.delete(path);
    else staged.set(path, { file, content, outcome: await outcomeOf(file, content) });
    if (content.kind !== "same") account(file, content.kind === "read" ? content.bytes.byteLength : 0);
  }

  function account(file: KnownFile, bytes: number): void {
    totalBytes += bytes - file.bytes;
    file.bytes = bytes;
  }

  async function stage({ present, gone }: Found, force: boolean): Promise<void> {
    const missing = { kind: "missing" } as const;
    for (const path of gone) {
      const file = tree.file(path);
      if (file !== undefined) staged.set(path, { file, content: missing, outcome: missing });
    }
    const queue = [...present].reverse();
    const work = async (): Promise<void> => {
      for (let path = queue.pop(); path !== undefined; path = queue.pop()) await stageOne(path, force);
    };
    await Promise.all(Array.from({ length: Math.min(concurrentReads, present.length) }, work));
  }

  async function outcomeOf(file: KnownFile, content: Exclude<FileContent, { kind: "same" }>): Promise<FileOutcome> {
    if (content.kind !== "read") return content;
    const decoded = decodeText(content.bytes);
    const maxObjects = limits.objects - files.objectCount(file.name) - stagedObjects(file);
    const reading = await inSlices(readManifest(file.name, decoded, { isKnownKind, defaultNamespace, maxObjects }));
    return { kind: "read", reading, endsInLine: decoded.text === "" || decoded.text.endsWith("\n") };
  }

  function stagedObjects(except: KnownFile): number {
    let count = 0;
    for (const { file, outcome } of staged.values()) {
      if (file !== except && outcome.kind === "read")
        count += outcome.reading.objects.length - files.objectsOf(file.name);
    }
    return count;
  }

  return {
    roots: setup.roots,
    locate: locator.locate,
    directories: tree.directories,
    scan: async (root, force) => stage(await tree.listRoot(root), force),
    look: async (root, path) => stage(await tree.listEntry(root, path), true),
    staged: () =>
      [...staged].map(([path, { file, content, outcome }]) => ({
        path,
        root: file.root,
        signature: stateOf(content),
        doubtful: files.isDoubtful(file.name, outcome),
      })),
    commit() {
      const edits: FileEdit[] = [];
      for (const [path, { file, content, outcome }] of [...staged].sort(byPath)) {
        edits.push(...files.put(file.name, outcome));
        texts.put(file.name, path, content);
        file.signature = stateOf(content);
        if (outcome.kind === "missing") {
          account(file, 0);
          tree.forget(path);
        }
      }
      staged.clear();
      locator.forget();
      const diagnostics = [...tree.diagnostics(), ...files.diagnostics(), ...(setup.remarks?.() ?? [])];
      const diagnosticsChanged = !equal(diagnostics, delivered);
      delivered = diagnostics;
      return { edits, diagnostics, diagnosticsChanged, ignored: files.ignored() };
    },
  };
}

function byPath([a]: readonly [string, Staged], [b]: readonly [string, Staged]): number {
  return a < b ? -1 : 1;
}

function stateOf(content: FileContent): string {
  if (content.kind === "read") return content.signature;
  return content.kind === "failed" ? content.message : content.kind;
}

const sliceMs = 8;

/** Runs a generator to its end, letting others run in between. */
async function inSlices<T>(steps: Generator<void, T>): Promise<T> {
  let until = performance.now() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + sliceMs;
  }
}
