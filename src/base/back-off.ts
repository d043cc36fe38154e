/**
 * How long to wait before something is tried again: longer each time it fails soon, with jitter, and short again
 * after it has gone well for a while.
 */

/** Gives the next delay. */
export interface BackOff {
  /** In ms. `lastedMs` is how long the attempt before went well; 0 when it failed at once. */
  next(lastedMs: number): number;
}

/** The bounds of the delays, in ms. */
export interface BackOffLimits {
  readonly shortestMs: number;
  readonly longestMs: number;
  /** An attempt that lasted this long was a good one. */
  readonly healthyMs: number;
}

/** `chance` gives numbers from 0 to 1; a delay is between half of its nominal length and all of it. */
export function createBackOff({ shortestMs, longestMs, healthyMs }: BackOffLimits, chance: () => number): BackOff {
  let delay = shortestMs;
  return {
    next(lastedMs) {
      if (lastedMs >= healthyMs) delay = shortestMs;
      const now = delay;
      delay = Math.min(longestMs, delay * 2);
      return Math.round(now * (0.5 + chance() / 2));
    },
  };
}
