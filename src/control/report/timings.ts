/**
 * How long things take: what the metrics and `/debug` tell. A name is timed as a whole (`note`), or as the sum of its
 * parts within one update (`lap`).
 */

/** What is timed. */
export type Timed =
  /** From the oldest edit of an update to its release. */
  | "update"
  /** What edits waited for others to come with them. */
  | "inbox"
  /** Taking edits into the compiler. */
  | "apply"
  /** Compiling, Envoy's bytes included. */
  | "compile"
  /** Handing what has changed to Envoy's streams. */
  | "release"
  /** Collecting the diagnostics. */
  | "report"
  /** Answering a probe. */
  | "check_alive"
  | "check_ready";

/** All measurements of one name. */
export interface Timing {
  readonly count: number;
  readonly lastMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
  readonly totalMs: number;
}

/** A collection of measurements. */
export interface Timings {
  note(name: Timed, ms: number): void;
  all(): ReadonlyMap<Timed, Timing>;
}

/** An empty collection. */
export function createTimings(): Timings {
  const timings = new Map<Timed, Timing>();
  return {
    note(name, ms) {
      const { count, leastMs, mostMs, totalMs } = timings.get(name) ?? none;
      timings.set(name, {
        count: count + 1,
        lastMs: ms,
        leastMs: Math.min(leastMs, ms),
        mostMs: Math.max(mostMs, ms),
        totalMs: totalMs + ms,
      });
    },
    all: () => timings,
  };
}

const none: Timing = { count: 0, lastMs: 0, leastMs: Number.POSITIVE_INFINITY, mostMs: 0, totalMs: 0 };

/** Times the parts of one update after another; each part may come in several pieces. */
export interface Lap {
  run<T>(name: Timed, part: () => T): T;
  /** Notes every part, and the whole; nothing where no edit was applied. */
  end(): void;
}

/** Begins an update whose oldest edit came `since`, by performance.now(). */
export function beginLap(timings: Timings, since: number): Lap {
  const parts = new Map<Timed, number>([["inbox", performance.now() - since]]);
  return {
    run(name, part) {
      const start = performance.now();
      try {
        return part();
      } finally {
        parts.set(name, (parts.get(name) ?? 0) + performance.now() - start);
      }
    },
    end() {
      if (!parts.has("apply")) return;
      for (const [name, ms] of parts) timings.note(name, ms);
      timings.note("update", performance.now() - since);
    },
  };
}
