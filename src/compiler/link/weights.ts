/** LINK: how the requests of one match are shared out among its canaries. */

/** A share in percent, cumulative: canaries are tried in this order, each takes what is below its number. */
export interface Share<T> {
  readonly item: T;
  readonly upTo: number;
}

/** Shares and what was wrong with the weights. */
export interface Shares<T> {
  readonly shares: readonly Share<T>[];
  /** Items whose weight was ignored because the sum would pass 100. */
  readonly ignored: readonly T[];
  /** Percent that no canary takes: those requests fall through to the next match. */
  readonly unclaimed: number;
}

/**
 * Shares 100 percent out: weighted items first, in the order given; what they leave is divided
 * evenly among the others, of which the last takes the rest.
 */
export function shareOut<T>(items: readonly T[], weightOf: (item: T) => number | undefined): Shares<T> {
  const shares: Share<T>[] = [];
  const weightless: T[] = [];
  const ignored: T[] = [];
  let sum = 0;
  for (const item of items) {
    const weight = weightOf(item);
    if (weight === undefined) weightless.push(item);
    else if (weight < 0 || sum + weight > 100) ignored.push(item);
    else {
      sum += weight;
      shares.push({ item, upTo: sum });
    }
  }
  const sharing = [...weightless, ...ignored];
  // Every share is rounded by itself, as it always was.
  const each = roundHalfEven((100 - sum) / sharing.length);
  sharing.forEach((item, i) => {
    shares.push({ item, upTo: i === sharing.length - 1 ? 100 : Math.min(100, sum + each * (i + 1)) });
  });
  return { shares, ignored, unclaimed: sharing.length === 0 ? 100 - sum : 0 };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const half = value - floor === 0.5;
  return half ? floor + (floor % 2) : Math.round(value);
}
