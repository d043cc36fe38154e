/**
 * The bars that a run of all measurements must meet. Reads what the run has recorded, says for each bar by how much it
 * is met or missed, and fails if one is missed or was not measured.
 */
import { type Figure, readFigures, resultsPath } from "./figures.ts";

/**
 * What must hold of a figure: `of` at most `limit`, over Envoy's own share where that counts. On a machine that does
 * other things, too, the processor time of a cold compilation is the fairer figure, and meets the bar as well.
 */
interface Bar {
  readonly bench: string;
  readonly of: "median" | "p99";
  readonly limit: number;
  readonly overEnvoy?: true;
  readonly orProcessorTime?: string;
}

const common = "10000 Mappings on 200 Hosts";
const classic = "5000 Mappings without host × 200 Hosts";
const served = "one edit → served, 1000 Mappings on 100 Hosts";

const bars: readonly Bar[] = [
  cold(common, 1000),
  { bench: `one edit → bytes, ${common}`, of: "median", limit: 1 },
  { bench: `one edit → bytes, ${common}`, of: "p99", limit: 5 },
  { bench: `RSS at rest, ${common}`, of: "median", limit: 450 },
  cold(classic, 3000),
  { bench: `one edit → bytes, ${classic}`, of: "median", limit: 50 },
  { bench: `RSS at rest, ${classic}`, of: "median", limit: 500 },
  { bench: served, of: "median", limit: 8, overEnvoy: true },
  { bench: served, of: "p99", limit: 30, overEnvoy: true },
];

const figures = new Map(readFigures().map((figure) => [figure.bench, figure]));
const met = bars.map(report);
console.log(resultsPath());
process.exitCode = met.every(Boolean) ? 0 : 1;

function cold(shape: string, limit: number): Bar {
  return {
    bench: `cold compile, ${shape}`,
    of: "median",
    limit,
    orProcessorTime: `cold compile, processor time, ${shape}`,
  };
}

function report({ bench, of, limit, overEnvoy, orProcessorTime }: Bar): boolean {
  const value = overEnvoy ? over(figures.get(bench), of) : figures.get(bench)?.[of];
  const processor = orProcessorTime === undefined ? undefined : figures.get(orProcessorTime)?.[of];
  const good = Math.min(value ?? Number.POSITIVE_INFINITY, processor ?? Number.POSITIVE_INFINITY) <= limit;
  const what = `${bench}: ${of}${overEnvoy ? " over Envoy's own share" : ""}`;
  const more = processor === undefined ? "" : ` (processor time ${shown(processor)})`;
  console.log(`${good ? "met   " : "MISSED"} ${what} ${shown(value)}${more}, at most ${limit}`);
  return good;
}

function over(figure: Figure | undefined, of: Bar["of"]): number | undefined {
  return figure?.envoyShare && figure[of] - figure.envoyShare[of];
}

function shown(value: number | undefined): string {
  return value === undefined ? "not measured" : String(Number(value.toPrecision(4)));
}
