/**
 * OBSERVE for files that manifests name: each is read when it is wanted and watched for as long as it is. Certificate
 * and key are two files, and whoever replaces them needs a moment for both, so changes count once nothing has changed
 * for a while.
 */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { equal } from "#base/equal.ts";
import type { CompilerEdit, FileContent } from "#compiler";
import { watchDirectories } from "./directory-watch.ts";
import { describeFailure } from "./failure.ts";
import { candidatesOf, isInside, readWanted } from "./read-wanted.ts";

/** How files are watched. */
export interface WantedFilesOptions {
  /** Absolute paths of the directories that may be read. */
  readonly directories: readonly string[];
  /** Told of files that have changed since they were given. */
  readonly onChange: (edits: readonly CompilerEdit[]) => void;
  /** How long nothing must change before a change counts. */
  readonly settleMs?: number;
  /** How often everything is looked at again, for file systems that do not tell of changes. */
  readonly rescanMs?: number;
}

/** The files that are wanted. */
export interface WantedFiles {
  /** The edits with which a compiler has exactly the files that it wants. */
  edits(wanted: ReadonlySet<string>): readonly CompilerEdit[];
  /** Looks at everything again now. */
  rescan(): void;
  close(): void;
}

/** A file that never stays the same is believed after this many settling times. */
const maxSettles = 10;

/** Starts with none. */
export function openWantedFiles(options: WantedFilesOptions): WantedFiles {
  const { directories, onChange, settleMs = 1000, rescanMs = 30_000 } = options;
  const known = new Map<string, FileContent>();
  const watch = watchDirectories(noteEvent);
  const rescanning = setInterval(rescan, rescanMs).unref();
  const changed = new Set<string>();
  let ways: Ways = { through: new Map(), below: new Map() };
  let settling: NodeJS.Timeout | undefined;
  let latest = 0;

  function watchAll(): void {
    ways = waysTo(known.keys(), directories);
    for (const directory of ways.below.keys()) watch.add(directory);
    watch.keepOnly((directory) => ways.below.has(directory));
  }

  /** Two dots begin the names that a mounted Secret is swapped by. */
  function noteEvent(directory: string, entry: string | undefined): void {
    const swapped = entry === undefined || entry.startsWith("..");
    const paths = swapped ? ways.below.get(directory) : ways.through.get(join(directory, entry));
    if (!paths) return;
    for (const path of paths) changed.add(path);
    const now = performance.now();
    if (settling === undefined) latest = now + maxSettles * settleMs;
    clearTimeout(settling);
    settling = setTimeout(() => lookAt([...changed]), Math.max(0, Math.min(settleMs, latest - now)));
  }

  function lookAt(paths: readonly string[]): void {
    clearTimeout(settling);
    settling = undefined;
    changed.clear();
    // Directories that were replaced by others of the same name are watched anew, before anything in them is read.
    watchAll();
    const edits = paths.flatMap(look);
    if (edits.length > 0) onChange(edits);
  }

  function rescan(): void {
    if (known.size > 0) lookAt([...known.keys()]);
  }

  function look(path: string): readonly CompilerEdit[] {
    const before = known.get(path);
    const value = readWanted(path, directories);
    if (before === undefined || equal(before, value)) return [];
    known.set(path, value);
    return [{ kind: "file", key: path, value }];
  }

  return {
    edits(wanted) {
      const gone = [...known.keys()].filter((path) => !wanted.has(path));
      const fresh = [...wanted].filter((path) => !known.has(path));
      if (gone.length + fresh.length === 0) return [];
      for (const path of gone) known.delete(path);
      for (const path of fresh) known.set(path, unread);
      watchAll();
      return [...gone.map((key) => ({ kind: "file", key }) as const), ...fresh.flatMap(look)];
    },
    rescan,
    close() {
      clearTimeout(settling);
      clearInterval(rescanning);
      watch.close();
    },
  };
}

/** Stands for a file until it is read, which is at once. */
const unread: FileContent = { kind: "unusable", because: "it is not read yet" };

/** Which files a change may concern: by every entry on the way to them, and by the directories of those entries. */
interface Ways {
  readonly through: ReadonlyMap<string, ReadonlySet<string>>;
  readonly below: ReadonlyMap<string, ReadonlySet<string>>;
}

function waysTo(paths: Iterable<string>, directories: readonly string[]): Ways {
  const through = new Map<string, Set<string>>();
  const below = new Map<string, Set<string>>();
  for (const path of paths) {
    for (const entry of entriesOnTheWay(path, directories)) {
      add(through, entry, path);
      add(below, dirname(entry), path);
    }
  }
  return { through, below };
}

function add(sets: Map<string, Set<string>>, key: string, member: string): void {
  const known = sets.get(key);
  if (known) known.add(member);
  else sets.set(key, new Set([member]));
}

/** What is on the way to a file, and to where its links lead. */
function entriesOnTheWay(path: string, directories: readonly string[]): readonly string[] {
  return candidatesOf(path, directories).flatMap((candidate) => {
    const real = realPath(candidate.path);
    const root = realPath(candidate.directory);
    const way = wayTo(candidate.path, candidate.directory);
    return real === undefined || root === undefined ? way : [...way, ...wayTo(real, root)];
  });
}

/** The path and all directories above it, down from `root`, which may be replaced itself. */
function wayTo(path: string, root: string): readonly string[] {
  const way: string[] = [];
  for (let at = path; isInside(at, root); at = dirname(at)) way.push(at);
  return [...way, root];
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    // Reading it tells people why; here only the directories above it matter.
    describeFailure(error);
    return undefined;
  }
}
