/** Bounds how much is done at once: work waits for its turn, in the order in which it came. */

/** Does work in its turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** So much at once; work that has not begun when the signal comes rejects with its reason. */
export function createTurns(atOnce: number, signal: AbortSignal): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  const letAllGo = (): void => {
    for (const next of waiting.splice(0)) next();
  };
  return async (work) => {
    if (running >= atOnce && !signal.aborted) {
      signal.addEventListener("abort", letAllGo, { once: true });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = waiting.shift();
      if (waiting.length === 0) signal.removeEventListener("abort", letAllGo);
      // Its turn goes to the next one.
      if (next) next();
      else running--;
    }
  };
}
