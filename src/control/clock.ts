/** Time as the parts of control are given it, so that tests decide when it passes. */

/** Runs things later. */
export interface Clock {
  /** Gives what calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** The process's own; what waits does not keep the process alive. */
export const ownClock: Clock = {
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};
