/**
 * Bounds the series of clusters in a page of Envoy's metrics: the busiest keep their own, all others are added up under
 * the name `other`, so that sums over all clusters stay what they are. A cluster that has a place keeps it as long as
 * Envoy has the cluster, because a series that comes and goes is worse than one that is not there.
 */

const label = /\benvoy_cluster_name="((?:[^"\\]|\\.)*)"/;
const requests = "envoy_cluster_upstream_rq_total{";

/** What the rest is called; no cluster of ours has such a name. */
const otherClusters = "other";

const linesPerSlice = 5_000;

/** Gives a function that bounds one page after the other. */
export function createClusterLimit(max: number): (page: string) => Promise<string> {
  let places: ReadonlySet<string> = new Set();
  return async (page) => {
    const lines = page.split("\n");
    places = choose(await requestsByCluster(lines), places, max);
    return addUp(lines, places);
  };
}

/** Those that have a place and are still there, then the busiest; names decide between equals. */
function choose(found: ReadonlyMap<string, number>, places: ReadonlySet<string>, max: number): ReadonlySet<string> {
  const rank = ([name, count]: readonly [string, number]) => (places.has(name) ? Number.POSITIVE_INFINITY : count);
  const ranked = [...found].sort((a, b) => rank(b) - rank(a) || (a[0] < b[0] ? -1 : 1));
  return new Set(ranked.slice(0, max).map(([name]) => name));
}

async function requestsByCluster(lines: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  await inSlices(lines, (line) => {
    const name = label.exec(line)?.[1];
    if (name === undefined) return;
    const count = line.startsWith(requests) ? sampleOf(line) : 0;
    found.set(name, (found.get(name) ?? 0) + count);
  });
  return found;
}

/** All lines of a metric stand together, so its sums go before the next one begins. */
async function addUp(lines: readonly string[], places: ReadonlySet<string>): Promise<string> {
  const kept: string[] = [];
  const sums = new Map<string, number>();
  const flush = (): void => {
    for (const [series, sum] of sums) kept.push(`${series} ${sum}`);
    sums.clear();
  };
  await inSlices(lines, (line) => {
    const name = label.exec(line)?.[1];
    if (name === undefined || places.has(name)) {
      if (line.startsWith("#") || line === "") flush();
      kept.push(line);
      return;
    }
    const series = line.slice(0, line.lastIndexOf(" ")).replace(label, `envoy_cluster_name="${otherClusters}"`);
    sums.set(series, (sums.get(series) ?? 0) + sampleOf(line));
  });
  flush();
  return kept.join("\n");
}

function sampleOf(line: string): number {
  return Number(line.slice(line.lastIndexOf(" ") + 1));
}

/** Ten thousand clusters are half a million lines: probes are answered in between. */
async function inSlices(lines: readonly string[], take: (line: string) => void): Promise<void> {
  for (let from = 0; from < lines.length; from += linesPerSlice) {
    for (const line of lines.slice(from, from + linesPerSlice)) take(line);
    await new Promise(setImmediate);
  }
}
