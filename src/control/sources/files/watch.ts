/**
 * Keeps a reader up to date: an event names an entry, the entry is looked at again, and what changed is delivered at
 * once. Events that arrive while files are read join the same batch, up to a bound. A file that seems to be in the
 * middle of an edit is read again a little later, so that saving a file never takes its objects away for a moment.
 */
import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { fileRef } from "../manifests/manifest.ts";
import { type DirectoryWatch, watchDirectories } from "./directory-watch.ts";
import { describeFailure } from "./failure.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { createReader, type FileBatch, type FilesReader, type ReaderSetup, type StagedFile } from "./reader.ts";
import { atOnce } from "./staging.ts";
import { isManifestName, type Root } from "./tree.ts";

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

/** The times of a watch. */
export interface WatchTimes {
  /** How long a doubtful file must stay the same before it is believed. */
  readonly settleMs: number;
  /** How often everything is looked at again. */
  readonly rescanMs: number;
}

/** How long a batch may go on collecting what arrives while it is read. */
const collectMs = 20;
/** A file that never stays the same is believed after this many settling times. */
const maxSettles = 10;
/** After so many entries at once the kernel may have dropped some. */
const manyEntries = 1000;
/** How often directories are looked at that the kernel does not watch. */
const unwatchedMs = 1000;
const concurrentLooks = 16;
/** How long entries are looked at before others run. */
const sliceMs = 8;

interface Watch {
  readonly reader: FilesReader;
  readonly inbox: Inbox;
  readonly directories: DirectoryWatch;
  /** Directories above the roots, where roots appear, disappear and are replaced; and the real files of linked ones. */
  readonly above: Map<Root, Above>;
  readonly settleMs: number;
  /** Who waits for what is being looked at to be delivered. */
  readonly waiting: (() => void)[];
}

interface Above {
  readonly directories: ReadonlySet<string>;
  readonly real: string;
}

/** Reads everything, delivers it, and keeps delivering what changes. */
export async function startFileWatch(
  setup: ReaderSetup,
  onChange: (batch: FileBatch) => void,
  times: WatchTimes,
): Promise<FileWatcher> {
  const inbox = createInbox();
  const directories = watchDirectories((...event) => noteEvent(watch, ...event));
  const reader = createReader({
    ...setup,
    enter: directories.add,
    remarks: () => describeUnwatched(directories),
  });
  const watch: Watch = { reader, inbox, directories, above: new Map(), settleMs: times.settleMs, waiting: [] };
  let closed = false;

  async function run(): Promise<void> {
    while (!closed) {
      await inbox.wait(directories.unwatched().length > 0 ? Math.min(unwatchedMs, times.rescanMs) : times.rescanMs);
      if (closed) return;
      if (inbox.isEmpty()) addAllRoots(watch, false);
      await collect(watch);
      await settle(watch);
      const batch = reader.commit();
      if (!closed && (batch.edits.length > 0 || batch.diagnosticsChanged)) onChange(batch);
      release(watch);
    }
  }

  function end(): void {
    closed = true;
    directories.close();
    watch.waiting.push(...inbox.take().waiting);
    release(watch);
  }

  try {
    addAllRoots(watch, true);
    await collect(watch);
    onChange(reader.commit());
    release(watch);
  } catch (error) {
    end();
    throw error;
  }
  const done = run().finally(end);

  return {
    locate: reader.locate,
    done,
    rescan() {
      addAllRoots(watch, false);
      return closed ? Promise.resolve() : inbox.whenDone();
    },
    close() {
      closed = true;
      inbox.wake();
      return done;
    },
  };
}

function addAllRoots(watch: Watch, force: boolean): void {
  for (const root of watch.reader.roots) if (root.path !== "-" || force) watch.inbox.addRoot(root, force);
}

function noteEvent(watch: Watch, directory: string, entry: string | undefined, event: "rename" | "change"): void {
  const { inbox, reader, above } = watch;
  if (entry === undefined) {
    addAllRoots(watch, false);
    return;
  }
  const path = join(directory, entry);
  const isMountSwap = entry.startsWith("..");
  const owner = reader.directories().get(directory);
  if (owner !== undefined && isMountSwap) inbox.addRoot(owner, false);
  else if (owner !== undefined && isWorthALook(reader, path, entry, event)) inbox.addEntry(owner, path);
  for (const root of reader.roots) {
    const isAbove = above.get(root)?.directories.has(directory) ?? false;
    const isRoot = root.path === path || above.get(root)?.real === path || root.path.startsWith(path + sep);
    if (isAbove && (isRoot || isMountSwap)) inbox.addRoot(root, isRoot);
  }
}

/** A change of something that is neither a manifest nor a directory is none of ours; an appearance may be a directory. */
function isWorthALook(reader: FilesReader, path: string, entry: string, event: "rename" | "change"): boolean {
  if (entry.startsWith(".")) return false;
  return isManifestName(entry) || event === "rename" || reader.directories().has(path);
}

function release(watch: Watch): void {
  for (const resolve of watch.waiting.splice(0)) resolve();
}

/** Looks at everything in the inbox, and at what arrives meanwhile. */
async function collect(watch: Watch): Promise<void> {
  const { reader, inbox, directories, above } = watch;
  const until = performance.now() + collectMs;
  do {
    const { roots, entries, waiting } = inbox.take();
    watch.waiting.push(...waiting);
    for (const [root, force] of roots) {
      if (root.path !== "-") await watchAbove(watch, root);
      await reader.scan(root, force);
    }
    const rest = [...entries].filter(([, root]) => roots.get(root) !== true);
    await lookAtAll(reader, rest);
    if (entries.size >= manyEntries) addAllRoots(watch, false);
  } while (!inbox.isEmpty() && performance.now() < until);
  const outer = new Set([...above.values()].flatMap((a) => [...a.directories]));
  directories.keepOnly((path) => outer.has(path) || reader.directories().has(path));
}

/** Looks at entries, many at the same time; those that are read at once let others run in between. */
async function lookAtAll(
  reader: FilesReader,
  entries: readonly (readonly [path: string, root: Root])[],
): Promise<void> {
  let until = performance.now() + sliceMs;
  await atOnce(entries, concurrentLooks, async ([path, root]) => {
    if (performance.now() >= until) {
      await nextTurn();
      until = performance.now() + sliceMs;
    }
    await reader.look(root, path);
  });
}

/** Reads doubtful files again until they stay the same for a while. */
async function settle(watch: Watch): Promise<void> {
  const { reader, inbox, settleMs } = watch;
  const until = performance.now() + maxSettles * settleMs;
  let doubtful = doubtfulFiles(reader);
  while (doubtful.length > 0 && performance.now() < until) {
    await inbox.wait(settleMs);
    if (!inbox.isEmpty()) {
      await collect(watch);
      doubtful = doubtfulFiles(reader);
      continue;
    }
    for (const { root, path } of doubtful)
      await (root.path === path ? reader.scan(root, true) : reader.look(root, path));
    const before = new Map(doubtful.map(({ path, state }) => [path, state]));
    doubtful = doubtfulFiles(reader).filter(({ path, state }) => before.get(path) !== state);
  }
}

function doubtfulFiles(reader: FilesReader): readonly StagedFile[] {
  return reader.staged().filter(({ doubtful }) => doubtful);
}

/** Watches where the root itself can appear or be replaced: the nearest directories above it and above what it links to. */
async function watchAbove(watch: Watch, root: Root): Promise<void> {
  const directories = new Set<string>();
  const real = await realPath(root.path);
  for (const path of new Set([root.path, real ?? root.path])) {
    let directory = dirname(path);
    while (directory !== dirname(directory) && (await realPath(directory)) === undefined)
      directory = dirname(directory);
    directories.add(directory);
  }
  const before = watch.above.get(root)?.directories;
  watch.above.set(root, { directories, real: real ?? root.path });
  for (const directory of directories) if (!before?.has(directory)) watch.directories.add(directory);
}

/** A path without symbolic links; undefined when there is nothing, or nothing that may be looked at. */
async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    // The scan of the root tells people why; here only the next directory up matters.
    describeFailure(error);
    return undefined;
  }
}

function describeUnwatched(directories: DirectoryWatch): readonly Diagnostic[] {
  const message = "the operating system refuses to watch this directory; its changes are noticed about once a second";
  const hint = "raise the limits fs.inotify.max_user_watches and fs.inotify.max_user_instances";
  return directories
    .unwatched()
    .map((path) => diagnose("files/not-watched", { ref: fileRef(path), path: "" }, message, { hint }));
}
