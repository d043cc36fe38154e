/**
 * Tells of changes in a set of directories, one kernel watch per directory, as soon as the kernel tells.
 * A directory that cannot be watched is listed in `unwatched`, for the caller to look at from time to time.
 */
import { type FSWatcher, watch } from "node:fs";
import { isMissing } from "./failure.ts";

/** The watched directories. */
export interface DirectoryWatch {
  /** Watches a directory; again, when it was replaced by another of the same name. */
  add(directory: string): void;
  /** Watches no others from now on. */
  keepOnly(isKept: (directory: string) => boolean): void;
  /** Whether some directory cannot be watched. */
  unwatched(): readonly string[];
  close(): void;
}

/** What happened to an entry: it appeared or disappeared, or it changed. Without an entry, anything may have happened. */
export type DirectoryListener = (directory: string, entry: string | undefined, event: "rename" | "change") => void;

/** Starts with no directory. */
export function watchDirectories(listener: DirectoryListener): DirectoryWatch {
  const watchers = new Map<string, FSWatcher>();
  const failed = new Set<string>();

  function open(directory: string): FSWatcher {
    const watcher = watch(directory, (event, entry) => listener(directory, entry ?? undefined, event));
    watcher.on("error", () => {
      if (watchers.get(directory) === watcher) drop(directory);
      failed.add(directory);
      listener(directory, undefined, "rename");
    });
    return watcher;
  }

  function drop(directory: string): void {
    watchers.get(directory)?.close();
    watchers.delete(directory);
    failed.delete(directory);
  }

  return {
    add(directory) {
      // The new watch begins before the old one ends, so that nothing is missed where both mean the same directory.
      const before = watchers.get(directory);
      try {
        watchers.set(directory, open(directory));
        failed.delete(directory);
      } catch (error) {
        watchers.delete(directory);
        if (isMissing(error)) failed.delete(directory);
        else failed.add(directory);
      }
      before?.close();
    },
    keepOnly(isKept) {
      for (const directory of [...watchers.keys(), ...failed]) if (!isKept(directory)) drop(directory);
    },
    unwatched: () => [...failed],
    close() {
      for (const directory of [...watchers.keys()]) drop(directory);
    },
  };
}
