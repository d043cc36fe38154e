/** The reference page of metrics: our own as the program writes them, and what of Envoy's there is. */
import { type Figures, ownMetrics } from "../../src/control/admin/metrics.ts";
import { createCounts } from "../../src/control/pipeline/pipeline.ts";
import { createTimings } from "../../src/control/report/timings.ts";

const note = "<!-- Generated from src/control/admin by `make gen`; not edited by hand. -->\n";
const opening = `\`/metrics\` of the admin interface is one page of Prometheus' text form: the program's own figures, then Envoy's.
It is answered to this machine and to other machines, but not to clients of the gateway.
`;
const closing = `
No label takes a value from a manifest, a request or a client, so the number of these series does not grow.

## Old names

The durations \`ambassador_*_time_seconds\` belonged to the steps of another program; here each is the step that comes nearest, as the table says.
An update is everything that was taken in together: one edit, or thousands at a start.

## Envoy's

Names and labels are Envoy's own, such as \`envoy_http_downstream_rq_xx{envoy_response_code_class="5",envoy_http_conn_manager_prefix="ingress_http"}\` and \`envoy_cluster_upstream_rq_total{envoy_cluster_name="…"}\`.
A cluster is called by the \`stats_name\` of its Mapping, else by its service.
Envoy keeps what dashboards show: statistics of listeners, connection managers, the server and the control plane, and of clusters those about requests, connections, membership, circuit breakers, health checks, outliers, retries, TLS, authentication and rate limits.

At most 500 upstreams have series of their own (\`DRAGOMAN_METRICS_CLUSTERS\`): the busiest when they got their place, which they keep as long as they exist.
All others are added up as \`envoy_cluster_name="other"\`, so that sums over all upstreams are right.
Where there are more upstreams than that, only what has ever been used is shown, because everything else would cost Envoy seconds at each scrape.
`;

const page = await renderPage();

/** The page's text. */
export function metricsPage(): string {
  return page;
}

async function renderPage(): Promise<string> {
  const text = await ownMetrics(example());
  const rows = text.split(/^(?=# HELP )/m).map((metric) => {
    const [, name = "", help = ""] = /^# HELP (\S+) (.*)$/m.exec(metric) ?? [];
    const [, type = ""] = /^# TYPE \S+ (.*)$/m.exec(metric) ?? [];
    const labels = new Set([...metric.matchAll(/[{,](\w+)="/g)].map(([, label]) => `\`${label}\``));
    return `| \`${name}\` | ${type} | ${[...labels].join(", ")} | ${help} |`;
  });
  const table = ["| metric | type | labels | meaning |\n| --- | --- | --- | --- |", ...rows].join("\n");
  return `${[note, "# Metrics\n", opening, table].join("\n")}\n${closing}`;
}

/** Figures in which every metric has a value. */
function example(): Figures {
  const responses = { cluster: 0, endpoints: 0, extension: 0, secret: 0, listener: 0, routes: 0, scope: 0 };
  const snapshot = { number: 0, isComplete: true, get: () => undefined, names: () => [], size: () => 0 };
  return {
    xds: {
      snapshot,
      statistics: () => ({ streams: 0, remote: 0, late: 0, responses, bytes: 0, refusals: 0, early: 0 }),
      acknowledged: () => 0,
    },
    counts: createCounts(),
    timings: createTimings(),
    identity: { version: "", ambassadorId: "", namespace: "", singleNamespace: false, clusterId: () => "" },
    objects: () => new Map([["Mapping", 0]]),
    withheldSecrets: () => 0,
    watches: () => new Map([["mappings", { isFollowing: true, changes: 0, failures: 0 }]]),
    logLevel: { current: async () => "warning", change: async () => undefined },
  };
}
