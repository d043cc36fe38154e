/**
 * An open loop: calls fall due at a constant rate whatever became of those before. What falls due while this process
 * is busy is made up for at once, and how late it was is noted.
 */
import { setTimeout as pause } from "node:timers/promises";

/** How a loop went. */
export interface Pace {
  /** Calls that fell due in the time, and those made in it. */
  readonly due: number;
  readonly made: number;
  readonly seconds: number;
  /** How late each call was, in milliseconds. */
  readonly lateness: readonly number[];
}

/** Starts calling; the returned function ends it and says how it went. */
export function startPace(perSecond: number, call: () => void): () => Promise<Pace> {
  const start = performance.now();
  const lateness: number[] = [];
  let going = true;
  const loop = async (): Promise<void> => {
    while (going) {
      const now = performance.now();
      for (let at = dueAt(); at <= now; at = dueAt()) {
        lateness.push(now - at);
        call();
      }
      await pause(1);
    }
  };
  const dueAt = (): number => start + (lateness.length * 1000) / perSecond;
  const ended = loop();
  return async () => {
    const seconds = (performance.now() - start) / 1000;
    going = false;
    const made = lateness.length;
    await ended;
    return { due: Math.floor(seconds * perSecond), made, seconds, lateness };
  };
}
