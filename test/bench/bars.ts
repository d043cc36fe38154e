/**
 * The bars that a run of all measurements must meet. Reads what the run has recorded, says for each bar by how much it
 * is met or missed, and fails if one is missed or was not measured. With an argument, of bars whose name contains it.
 */
import { type Figure, readFigures, resultsPath } from "./figures.ts";
import { layoutNames } from "./layouts.ts";

/**
 * What must hold of a figure: `of` at most `limit`, over Envoy's own share where that counts. On a machine that does
 * other things, too, `orOf` is the fairer figure of the same work, and meets the bar as well: the processor time of a
 * cold compilation, or those edits during which no other process got the processor.
 */
interface Bar {
  readonly bench: string;
  readonly of: "median" | "p99";
  /** A number, or the name of the figure that this one may be twice as large as, or larger by 5. */
  readonly limit: number | string;
  readonly overEnvoy?: true;
  /** Its ratio to what stands beside it is what counts. */
  readonly ratio?: true;
  readonly orOf?: string;
}

const common = "10000 Mappings on 200 Hosts";
const rich = `${common}, ten features each`;
const classic = "5000 Mappings without host × 200 Hosts";
const onFiles = "10000 Mappings with their own clusters, files";
const churn = "200 changes of endpoints a second";
const served = "one edit → served, 1000 Mappings on 100 Hosts";

const bars: readonly Bar[] = [
  compiling("cold compile", "processor time", common, "median", 1000),
  compiling("one edit → bytes", "undisturbed", common, "median", 1),
  compiling("one edit → bytes", "undisturbed", common, "p99", 5),
  { bench: `RSS at rest, ${common}`, of: "median", limit: 450 },
  compiling("cold compile", "processor time", rich, "median", 2000),
  compiling("one edit → bytes", "undisturbed", rich, "median", 2),
  compiling("one edit → bytes", "undisturbed", rich, "p99", 8),
  compiling("cold compile", "processor time", classic, "median", 3000),
  compiling("one edit → bytes", "undisturbed", classic, "median", 50),
  { bench: `RSS at rest, ${classic}`, of: "median", limit: 500 },
  { bench: `start → serving, ${inCluster(10_000)}`, of: "median", limit: 8000 },
  { bench: `RSS of control at rest, ${inCluster(10_000)}`, of: "median", limit: 476 },
  { bench: `one Mapping applied → served, ${inCluster(1000)}`, of: "median", limit: 50 },
  { bench: `one Mapping applied → served, ${inCluster(1000)}`, of: "p99", limit: 150 },
  { bench: `one Mapping applied → served, ${inCluster(10_000)}`, of: "median", limit: 25, overEnvoy: true },
  { bench: `one endpoint moved → traffic there, ${inCluster(1000)}`, of: "median", limit: 30 },
  { bench: `one endpoint moved → traffic there, ${inCluster(10_000)}`, of: "median", limit: 30 },
  { bench: served, of: "median", limit: 8, overEnvoy: true },
  { bench: served, of: "p99", limit: 30, overEnvoy: true },
  { bench: `start → serving, ${onFiles}`, of: "median", limit: 2500, overEnvoy: true },
  { bench: `RSS of control at rest, ${onFiles}`, of: "median", limit: 350 },
  { bench: `largest RSS of control, ${onFiles}`, of: "median", limit: 600 },
  { bench: `endpoint changed → sent, ${churn}`, of: "p99", limit: 150 },
  { bench: `changes never sent, ${churn}`, of: "median", limit: 0 },
  { bench: `other resources sent, ${churn}`, of: "median", limit: 0 },
  ...["table", "scoped"].map((tables) => proxied(`${tables}, exact host`, 1.15)),
  proxied("scoped, wildcard host", 1.45),
  ...layoutNames.flatMap((name) => [100, 1000, 10_000, 50_000].flatMap((size) => edited(name, size))),
  ...layoutNames.slice(0, 3).map(grown),
];

const figures = new Map(readFigures().map((figure) => [figure.bench, figure]));
const about = process.argv[2] ?? "";
const met = bars.filter(({ bench }) => bench.includes(about)).map(report);
console.log(resultsPath());
process.exitCode = met.every(Boolean) ? 0 : 1;

function edited(layout: string, size: number): readonly Bar[] {
  const bench = routeEdited(layout, size);
  const used = {
    bench: `processor time of control for it, ${layout}, ${size} Mappings`,
    of: "median",
    limit: 3,
  } as const;
  return [
    { bench, of: "median", limit: 5, overEnvoy: true },
    { bench, of: "p99", limit: 30, overEnvoy: true },
    ...(size === 10_000 ? [used] : []),
  ];
}

function grown(layout: string): Bar {
  return { bench: routeEdited(layout, 50_000), of: "median", limit: routeEdited(layout, 100) };
}

function routeEdited(layout: string, size: number): string {
  return `route edited → served, ${layout}, ${size} Mappings`;
}

function inCluster(mappings: number): string {
  return `${mappings} Mappings in an API server`;
}

function compiling(what: string, variant: string, shape: string, of: Bar["of"], limit: number): Bar {
  return { bench: `${what}, ${shape}`, of, limit, orOf: `${what}, ${variant}, ${shape}` };
}

function proxied(what: string, limit: number): Bar {
  return { bench: `worker CPU per proxied request, ${what}`, of: "median", limit, ratio: true };
}

function report({ bench, of, limit: given, overEnvoy, ratio, orOf = "" }: Bar): boolean {
  const figure = figures.get(bench);
  const limit = typeof given === "number" ? given : growth(figures.get(given)?.[of]);
  const value = overEnvoy ? over(figure, of) : ratio ? times(figure, of) : figure?.[of];
  const other = figures.get(orOf)?.[of];
  const good = Math.min(value ?? Number.POSITIVE_INFINITY, other ?? Number.POSITIVE_INFINITY) <= limit;
  const what = `${bench}: ${of}${overEnvoy ? " over Envoy's own share" : ratio ? " by what is beside it" : ""}`;
  const more = other === undefined ? "" : ` (${orOf.split(", ")[1]}: ${shown(other)})`;
  console.log(`${good ? "met   " : "MISSED"} ${what} ${shown(value)}${more}, at most ${shown(limit)}`);
  return good;
}

/** What a figure may have become that was so large; nothing where that was not measured. */
function growth(before = Number.NaN): number {
  return Math.max(2 * before, before + 5);
}

function over(figure: Figure | undefined, of: Bar["of"]): number | undefined {
  return figure?.envoyShare && figure[of] - figure.envoyShare[of];
}

function times(figure: Figure | undefined, of: Bar["of"]): number | undefined {
  return figure?.envoyShare && figure[of] / figure.envoyShare[of];
}

function shown(value: number | undefined): string {
  return value === undefined ? "not measured" : String(Number(value.toPrecision(4)));
}
