/**
 * What may have changed and was not looked at yet.
 */
import type { Root } from "./tree.ts";

/** Roots and entries to look at. */
export interface Work {
  /** Whether every file is read, or only those that look different. */
  readonly roots: ReadonlyMap<Root, boolean>;
  readonly entries: ReadonlyMap<string, Root>;
  /** Called when what came of this work is delivered. */
  readonly waiting: readonly (() => void)[];
}

/** Collects work until somebody takes it. */
export interface Inbox {
  addRoot(root: Root, force: boolean): void;
  addEntry(root: Root, path: string): void;
  /** Resolves when the work that is in the inbox now was done. */
  whenDone(): Promise<void>;
  isEmpty(): boolean;
  take(): Work;
  /** Resolves when there is work, when woken, or after a time. */
  wait(ms: number): Promise<void>;
  wake(): void;
}

/** An empty inbox. */
export function createInbox(): Inbox {
  let work = emptyWork();
  let wake = sleep;
  return {
    addRoot(root, force) {
      work.roots.set(root, force || work.roots.get(root) === true);
      wake();
    },
    addEntry(root, path) {
      work.entries.set(path, root);
      wake();
    },
    whenDone: () => new Promise((resolve) => void work.waiting.push(resolve)),
    isEmpty: () => work.roots.size === 0 && work.entries.size === 0,
    take() {
      const taken = work;
      work = emptyWork();
      return taken;
    },
    wait(ms) {
      if (work.roots.size > 0 || work.entries.size > 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          wake = sleep;
          clearTimeout(timer);
          // The kernel's events come one by one: those that are there already go together.
          setImmediate(resolve);
        };
      });
    },
    wake: () => wake(),
  };
}

function sleep(): void {
  // Whoever waits for nothing need not be woken.
}

function emptyWork() {
  return { roots: new Map<Root, boolean>(), entries: new Map<string, Root>(), waiting: [] as (() => void)[] };
}
