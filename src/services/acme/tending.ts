/**
 * Looks after many certificates: each has a tender, which looks when something about it has changed and when it said
 * that it would. One look at a time for each; none waits for another.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { Bundle } from "./bundle.ts";
import type { Tender } from "./tender.ts";

/** A bundle, and what is worth another look when it differs. */
export interface Tended {
  readonly bundle: Bundle;
  readonly version: string;
}

/** Certificates that are looked after. */
export interface Tending {
  /** These, and no others. */
  set(all: ReadonlyMap<string, Tended>): void;
  /** Resolves when nothing is done any more. */
  close(): Promise<void>;
}

interface Entry extends Tended {
  readonly tender: Tender;
  /** The bundle as one text, by which another one is known. */
  text: string;
  timer?: NodeJS.Timeout | undefined;
  busy: boolean;
  again: boolean;
  bundle: Bundle;
  version: string;
}

const bugMs = 600_000;
const longestTimerMs = 2 ** 31 - 1;

/** Opens it; looks end with the signal. */
export function openTending(open: (key: string) => Tender, log: Log, signal: AbortSignal): Tending {
  const entries = new Map<string, Entry>();
  const running = new Set<Promise<void>>();

  function plan(key: string, entry: Entry, ms: number): void {
    if (signal.aborted || entries.get(key) !== entry) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => start(key, entry), Math.max(0, Math.min(ms, longestTimerMs))).unref();
  }

  function look(key: string, entry: Entry): Promise<void> {
    return entry.tender.look(entry.bundle).then(
      (next) => plan(key, entry, next - Date.now()),
      (error: unknown) => {
        if (signal.aborted) return;
        log("error", "a certificate cannot be looked after, because of a bug", { secret: key, ...errorFields(error) });
        plan(key, entry, bugMs);
      },
    );
  }

  function start(key: string, entry: Entry): void {
    clearTimeout(entry.timer);
    entry.again = entry.busy;
    if (entry.busy || signal.aborted) return;
    entry.busy = true;
    const work = look(key, entry).then(() => {
      running.delete(work);
      entry.busy = false;
      if (entry.again && entries.get(key) === entry) start(key, entry);
    });
    running.add(work);
  }

  return {
    set(all) {
      for (const [key, entry] of entries) {
        if (all.has(key)) continue;
        clearTimeout(entry.timer);
        entries.delete(key);
      }
      for (const [key, { bundle, version }] of all) {
        const known = entries.get(key);
        const text = JSON.stringify(bundle);
        const entry = known ?? { tender: open(key), bundle, version, text, busy: false, again: false };
        const isSame = known?.version === version && known.text === text;
        Object.assign(entry, { bundle, version, text });
        entries.set(key, entry);
        if (!known || !isSame) start(key, entry);
      }
    },
    async close() {
      for (const { timer } of entries.values()) clearTimeout(timer);
      entries.clear();
      await Promise.all(running);
    },
  };
}
