/**
 * The bars that a run of all measurements must meet. Reads what the run has recorded, says for each bar by how much it
 * is met or missed, and fails if one is missed or was not measured.
 */
import { readFigures, resultsPath } from "./figures.ts";

/** What must hold of a figure: `of` at most `limit`, over Envoy's own share where that counts. */
interface Bar {
  readonly bench: string;
  readonly of: "median" | "p99";
  readonly limit: number;
  readonly overEnvoy?: true;
}

const common = "10000 Mappings on 200 Hosts";
const classic = "5000 Mappings without host × 200 Hosts";
const served = "one edit → served, 1000 Mappings on 100 Hosts";

const bars: readonly Bar[] = [
  { bench: `cold compile, ${common}`, of: "median", limit: 1000 },
  { bench: `one edit → bytes, ${common}`, of: "median", limit: 1 },
  { bench: `one edit → bytes, ${common}`, of: "p99", limit: 5 },
  { bench: `RSS at rest, ${common}`, of: "median", limit: 450 },
  { bench: `cold compile, ${classic}`, of: "median", limit: 3000 },
  { bench: `one edit → bytes, ${classic}`, of: "median", limit: 50 },
  { bench: `RSS at rest, ${classic}`, of: "median", limit: 500 },
  { bench: served, of: "median", limit: 8, overEnvoy: true },
  { bench: served, of: "p99", limit: 30, overEnvoy: true },
];

const figures = new Map(readFigures().map((figure) => [figure.bench, figure]));
const met = bars.map(report);
console.log(resultsPath());
process.exitCode = met.every(Boolean) ? 0 : 1;

function report({ bench, of, limit, overEnvoy }: Bar): boolean {
  const figure = figures.get(bench);
  const value = figure && figure[of] - (overEnvoy ? (figure.envoyShare?.[of] ?? Number.NEGATIVE_INFINITY) : 0);
  const good = value !== undefined && value <= limit;
  const measured = value === undefined ? "not measured" : `${Number(value.toPrecision(4))} ${figure?.unit}`;
  const what = `${bench}: ${of}${overEnvoy ? " over Envoy's own share" : ""}`;
  console.log(`${good ? "met   " : "MISSED"} ${what} ${measured}, at most ${limit}`);
  return good;
}
