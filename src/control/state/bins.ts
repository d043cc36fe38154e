/**
 * Puts texts into bins of bounded size, such as objects of an API server. A text stays in its bin for as long as it
 * fits, so that few bins change with one text.
 */

/** A numbered bin with its texts by key. */
export interface Bin {
  readonly number: number;
  readonly entries: ReadonlyMap<string, string>;
}

/** An object of an API server may have 1 MiB; names and the like need some of it. */
const binBytes = 700 * 1024;

/** Bins with exactly these texts; a bin that is not needed any more is empty. */
export function fillBins(before: readonly Bin[], entries: ReadonlyMap<string, string>): readonly Bin[] {
  const bins = before.map(({ number }) => ({ number, entries: new Map<string, string>(), bytes: 0 }));
  const homes = new Map(before.flatMap(({ entries }, i) => Array.from(entries.keys(), (key) => [key, i] as const)));
  const homeless: [string, string][] = [];
  const add = (bin: (typeof bins)[number], key: string, text: string): void => {
    bin.entries.set(key, text);
    bin.bytes += Buffer.byteLength(text);
  };
  const fits = (bin: (typeof bins)[number], text: string): boolean =>
    bin.bytes === 0 || bin.bytes + Buffer.byteLength(text) <= binBytes;
  for (const [key, text] of entries) {
    const home = bins[homes.get(key) ?? -1];
    if (home && fits(home, text)) add(home, key, text);
    else homeless.push([key, text]);
  }
  for (const [key, text] of homeless) {
    let bin = bins.find((one) => fits(one, text));
    if (!bin) {
      bin = { number: 1 + Math.max(-1, ...bins.map(({ number }) => number)), entries: new Map(), bytes: 0 };
      bins.push(bin);
    }
    add(bin, key, text);
  }
  return bins;
}
