/**
 * Files that were read again but not yet taken in. Files are read at the same time and judged one after the other.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ManifestOptions, readManifest } from "../manifests/manifest.ts";
import { decodeText } from "../manifests/text.ts";
import type { Budget } from "./budget.ts";
import type { FileOutcome } from "./file-set.ts";
import { type FileContent, type ReadBounds, readAtOnce, readContent, readStream } from "./read-file.ts";
import type { KnownFile } from "./tree-index.ts";

/** What reading a file again gave. */
export interface Staged {
  readonly file: KnownFile;
  readonly content: FileContent;
  readonly outcome: FileOutcome;
}

/** How files are read. */
export interface StagingSetup {
  readonly budget: Budget;
  readonly fileBytes: number;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly manifest: Omit<ManifestOptions, "maxObjects">;
}

/** The staged files, by path. */
export interface Staging {
  /** Reads files that are there; without `force`, only those that are not what was taken in. */
  read(files: readonly KnownFile[], force: boolean): Promise<void>;
  /** Reads a file that has changed, if it is small and nothing else has taken its place; false when it is not read. */
  readAtOnce(file: KnownFile): Promise<boolean>;
  /** Notes that a file is gone, or may not be read any more. */
  miss(file: KnownFile): void;
  list(): readonly Staged[];
  /** Gives everything, in order of path, and forgets it. */
  take(): readonly Staged[];
}

/** Reads of files that go on at the same time. */
const concurrentReads = 16;

/** Nothing staged yet. */
export function createStaging(setup: StagingSetup): Staging {
  const { budget, fileBytes, stdin } = setup;
  const staged = new Map<string, Staged>();
  let turn: Promise<void> = Promise.resolve();

  function boundsOf(file: KnownFile, force: boolean): ReadBounds {
    const reserve = (bytes: number): boolean => budget.reserveBytes(file.path, bytes);
    return { fileBytes, reserve, unless: force ? undefined : file.state };
  }

  async function readOne(file: KnownFile, force: boolean): Promise<void> {
    const bounds = boundsOf(file, force);
    const content = file.path === "-" ? await readStream(stdin, bounds) : await readContent(file.path, bounds);
    await stage(file, content, force);
  }

  function stage(file: KnownFile, content: FileContent, force: boolean): Promise<void> {
    return inTurn(async () => {
      if (content.kind === "same" || (!force && stateOf(content) === file.state)) staged.delete(file.path);
      else staged.set(file.path, { file, content, outcome: await judge(file, content) });
    });
  }

  /** One after the other: each counts the objects of those before it. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = turn.then(work);
    // Whoever waits for this turn learns of its failure; the next one is not concerned.
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function judge(file: KnownFile, content: Exclude<FileContent, { kind: "same" }>): Promise<FileOutcome> {
    if (content.kind !== "read") return content;
    const decoded = decodeText(content.bytes);
    const maxObjects = budget.objectsLeft(file.path);
    const reading = await inSlices(readManifest(file.name, decoded, { ...setup.manifest, maxObjects }));
    budget.takeObjects(file.path, reading.objects.length);
    return { kind: "read", reading, endsInLine: decoded.text === "" || decoded.text.endsWith("\n") };
  }

  return {
    async readAtOnce(file) {
      const content = readAtOnce(file.path, boundsOf(file, true));
      if (content) await stage(file, content, true);
      return content !== undefined;
    },
    read: (files, force) => atOnce(files, concurrentReads, (file) => readOne(file, force)),
    miss: (file) => void staged.set(file.path, { file, content: missing, outcome: missing }),
    list: () => [...staged.values()],
    take() {
      const taken = [...staged.values()].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
      staged.clear();
      return taken;
    },
  };
}

const missing = { kind: "missing" } as const;

/** What tells one state of a file from another, also where it cannot be read. */
export function stateOf(content: FileContent): string {
  if (content.kind === "read") return content.signature;
  return content.kind === "failed" ? content.message : content.kind;
}

/** Works on all items, so many at the same time, beginning in their order. */
export async function atOnce<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items].reverse();
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
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
