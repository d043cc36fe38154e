/**
 * Figures of measurements: smallest, median, 99th percentile and largest sample, as a row for people and as a line of
 * NDJSON for programs. One run of `make bench` appends to one file.
 */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";

/** One figure. `envoyShare` is what a do-nothing control plane needed in the same run, where there is one. */
export interface Figure {
  readonly bench: string;
  /** How many Mappings, or filter slots. */
  readonly n: number;
  readonly unit: "ms" | "us" | "MiB" | "KiB" | "B" | "";
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
  readonly envoyShare?: Spread;
}

/** The same four numbers of another series. */
export type Spread = Pick<Figure, "min" | "median" | "p99" | "max">;

/** Where figures go. */
const resultsFile = new URL("results/latest.ndjson", import.meta.url).pathname;

/** Summarises samples. */
function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.ceil(share * (sorted.length - 1))] ?? 0);
  return { min: at(0), median: at(0.5), p99: at(0.99), max: at(1) };
}

/** Prints a figure and appends it to the results. */
function record(figure: Figure): void {
  mkdirSync(dirname(resultsFile), { recursive: true });
  appendFileSync(resultsFile, `${JSON.stringify(figure)}\n`);
  const { envoyShare: share } = figure;
  const beside = share ? `   ${cells(share)}   ${times(figure, share)}` : "";
  console.log(row(figure.bench, figure.unit, figure) + beside);
}

/** Records samples. */
export function recordSamples(
  bench: string,
  n: number,
  unit: Figure["unit"],
  samples: readonly number[],
  envoyShare?: readonly number[],
): void {
  record({ bench, n, unit, ...spread(samples), ...(envoyShare ? { envoyShare: spread(envoyShare) } : {}) });
}

/** All recorded figures; of those that were measured again, the last. */
export function readFigures(): readonly Figure[] {
  const lines = readFileSync(resultsFile, "utf8").split("\n");
  const figures = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Figure);
  return [...new Map(figures.map((figure) => [figure.bench, figure])).values()];
}

/** The head of the table. */
export function printHead(...more: readonly string[]): void {
  const head = ["min", "median", "p99", "max"].map((name) => name.padStart(10)).join("");
  console.log([`${"".padEnd(64)}${head}`, ...more].join("   "));
}

/** The results file as one types it. */
export function resultsPath(): string {
  return relative(process.cwd(), resultsFile);
}

/** How often one median is another one. */
export function times(one: Spread, other: Spread): string {
  return `${(one.median / other.median).toFixed(2)}x`;
}

function row(name: string, unit: string, numbers: Spread): string {
  return `${name.padEnd(59)} ${unit.padEnd(4)}${cells(numbers)}`;
}

function cells({ min, median, p99, max }: Spread): string {
  return [min, median, p99, max].map((value) => String(value).padStart(10)).join("");
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
