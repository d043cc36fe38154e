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
  const { directories, onChange, settleMs = 100, rescanMs = 30_000 } = options;
  const known = new Map<string, FileContent>();
  const watch = watchDirectories(noteEvent);
  const rescanning = setInterval(rescan, rescanMs).unref();
  let settling: NodeJS.Timeout | undefined;
  let latest = 0;
  let ways: ReadonlySet<string> = new Set();

  function watchAll(): void {
    ways = new Set([...known.keys()].flatMap((path) => waysTo(path, directories)));
    const wanted = new Set([...ways].map((path) => dirname(path)));
    for (const directory of wanted) watch.add(directory);
    watch.keepOnly((directory) => wanted.has(directory));
  }

  /** Two dots begin the names that a mounted Secret is swapped by. */
  function noteEvent(directory: string, entry: string | undefined): void {
    if (entry !== undefined && !entry.startsWith("..") && !ways.has(join(directory, entry))) return;
    const now = performance.now();
    if (settling === undefined) latest = now + maxSettles * settleMs;
    clearTimeout(settling);
    settling = setTimeout(rescan, Math.max(0, Math.min(settleMs, latest - now)));
  }

  function rescan(): void {
    clearTimeout(settling);
    settling = undefined;
    if (known.size === 0) return;
    // Directories that were replaced by others of the same name are watched anew, before anything in them is read.
    watchAll();
    const edits = [...known.keys()].flatMap(look);
    if (edits.length > 0) onChange(edits);
  }

  function look(path: string): readonly CompilerEdit[] {
    const value = readWanted(path, directories);
    if (equal(known.get(path), value)) return [];
    known.set(path, value);
    return [{ kind: "file", key: path, value }];
  }

  return {
    edits(wanted) {
      const gone = [...known.keys()].filter((path) => !wanted.has(path));
      const fresh = [...wanted].filter((path) => !known.has(path));
      if (gone.length + fresh.length === 0) return [];
      for (const path of gone) known.delete(path);
      for (const path of fresh) known.set(path, { kind: "unusable", because: "it is not read yet" });
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

/** Everything whose change may change a file: what is on the way to it, and to where its links lead. */
function waysTo(path: string, directories: readonly string[]): readonly string[] {
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
