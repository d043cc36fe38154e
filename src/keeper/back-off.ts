/**
 * How long to wait before something is started again: longer each time it ends soon, with jitter, and short again
 * after it has run for a while.
 */

/** Gives the next delay. */
export interface BackOff {
  /** `ranMs` is how long the attempt before lasted. */
  next(ranMs: number): number;
}

const shortestMs = 50;
const longestMs = 10_000;
const healthyMs = 10_000;

/** `chance` gives numbers from 0 to 1. */
export function createBackOff(chance: () => number = Math.random): BackOff {
  let delay = shortestMs;
  return {
    next(ranMs) {
      if (ranMs >= healthyMs) delay = shortestMs;
      const now = delay;
      delay = Math.min(longestMs, delay * 2);
      return Math.round(now * (0.5 + chance() / 2));
    },
  };
}
