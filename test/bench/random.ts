/** Repeatable random numbers: the same seed gives the same measurements everywhere. */

/** A function that gives whole numbers from 0 to below its argument (a linear congruential generator). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
