/**
 * Control's own figures in Prometheus' text form: what is compiled and served under our names, durations and
 * diagnostics under those of the old system, the process under the usual ones. No label takes values from manifests.
 */
import type { PipelineCounts } from "../pipeline/pipeline.ts";
import type { Timed, Timings } from "../report/timings.ts";
import type { WatchStatistics } from "../sources/kubernetes/watch-statistics.ts";
import type { XdsServer } from "../xds/server.ts";
import type { EnvoyLevel, EnvoyLogLevel } from "./envoy-log-level.ts";
import type { Identity } from "./identity.ts";
import { processMetrics } from "./process-metrics.ts";
import { type Metric, metric, renderMetrics, type Sample } from "./prometheus.ts";

/** What the figures are taken from. */
export interface Figures {
  readonly xds: Pick<XdsServer, "snapshot" | "statistics" | "acknowledged">;
  readonly counts: Readonly<PipelineCounts>;
  readonly timings: Timings;
  readonly identity: Identity;
  /** Objects that were read, by kind. */
  objects(): ReadonlyMap<string, number>;
  /** Secrets without their data. */
  withheldSecrets(): number;
  /** How each kind of a cluster is followed. */
  watches(): ReadonlyMap<string, WatchStatistics>;
  readonly logLevel: EnvoyLogLevel;
}

/** All of them, but Envoy's. */
export async function ownMetrics(figures: Figures): Promise<string> {
  return renderMetrics([
    ...servingMetrics(figures),
    ...readingMetrics(figures),
    ...oldMetrics(figures, await figures.logLevel.current()),
    ...(await processMetrics()),
  ]);
}

function servingMetrics({ xds, counts }: Figures): readonly Metric[] {
  const { streams, remote, late, responses, bytes, refusals, early } = xds.statistics();
  const types = Object.keys(responses) as (keyof typeof responses)[];
  return [
    metric("dragoman_xds_streams", "gauge", "Connected Envoys.", streams),
    metric("dragoman_xds_remote_streams", "gauge", "Connected Envoys elsewhere.", remote),
    metric(
      "dragoman_xds_late_streams",
      "gauge",
      "Connected Envoys that have got no further for ten seconds although there is more.",
      late,
    ),
    metric("dragoman_xds_responses_total", "counter", "Responses sent.", byLabel("type", Object.entries(responses))),
    metric("dragoman_xds_bytes_total", "counter", "Bytes sent.", bytes),
    metric("dragoman_xds_refusals_total", "counter", "Resources that an Envoy refused.", refusals),
    metric("dragoman_xds_early_total", "counter", "Resources sent before their clusters were warm.", early),
    metric(
      "dragoman_xds_resources",
      "gauge",
      "Resources that are served.",
      byLabel(
        "type",
        types.map((type) => [type, xds.snapshot.size(type)]),
      ),
    ),
    metric("dragoman_snapshot_number", "gauge", "The newest change set.", xds.snapshot.number),
    metric(
      "dragoman_acknowledged_number",
      "gauge",
      "The newest change set that every Envoy has that is waited for.",
      xds.acknowledged(),
    ),
    metric("dragoman_commits_total", "counter", "Compilations.", counts.commits),
    metric(
      "dragoman_diagnostics",
      "gauge",
      "Problems of the configuration.",
      byLabel("severity", Object.entries(counts.diagnostics)),
    ),
  ];
}

function readingMetrics({ objects, withheldSecrets, watches }: Figures): readonly Metric[] {
  const of = (value: (watch: WatchStatistics) => number) =>
    byLabel(
      "resource",
      [...watches()].map(([name, watch]) => [name, value(watch)]),
    );
  return [
    metric("dragoman_objects", "gauge", "Objects that were read.", byLabel("kind", [...objects()])),
    metric(
      "dragoman_secrets_without_data",
      "gauge",
      "Secrets whose data is not kept, as nothing refers to them.",
      withheldSecrets(),
    ),
    metric(
      "dragoman_watch_following",
      "gauge",
      "Whether the copy of a resource follows the API server.",
      of(({ isFollowing }) => (isFollowing ? 1 : 0)),
    ),
    metric(
      "dragoman_watch_changes_total",
      "counter",
      "Changes of objects that arrived.",
      of((watch) => watch.changes),
    ),
    metric(
      "dragoman_watch_failures_total",
      "counter",
      "Times that a resource could not be watched any more.",
      of((watch) => watch.failures),
    ),
  ];
}

const oldDurations: readonly (readonly [name: string, timed: Timed, help: string])[] = [
  ["reconfiguration", "update", "From the first edit of the last update to its release to Envoy."],
  ["fetcher", "inbox", "What the edits of the last update waited for each other."],
  ["aconf", "apply", "Taking the edits of the last update into the compiler."],
  ["ir", "compile", "Compiling the last update, Envoy's resources included."],
  ["econf", "release", "Handing the resources of the last update to Envoy's streams."],
  ["diagnostics", "report", "Collecting diagnostics, the last time."],
];

function oldMetrics({ timings, counts, identity }: Figures, level: EnvoyLevel | undefined): readonly Metric[] {
  const all = timings.all();
  const { error, warning, notice } = counts.diagnostics;
  const labels = {
    version: identity.version,
    ambassador_id: identity.ambassadorId,
    cluster_id: identity.clusterId(),
    single_namespace: identity.singleNamespace ? "True" : "False",
  };
  return [
    ...oldDurations.map(([name, timed, help]) =>
      metric(`ambassador_${name}_time_seconds`, "gauge", help, (all.get(timed)?.lastMs ?? 0) / 1000),
    ),
    metric("ambassador_diagnostics_errors", "gauge", "Errors of the configuration.", error),
    metric("ambassador_diagnostics_notices", "gauge", "Warnings and notices of the configuration.", warning + notice),
    metric("ambassador_diagnostics_info", "gauge", "This instance.", [{ labels, value: 1 }]),
    metric("ambassador_log_level", "gauge", "Whether Envoy's log is on this level.", [
      { labels: { level: "debug" }, value: level === "debug" ? 1 : 0 },
    ]),
  ];
}

function byLabel(label: string, values: readonly (readonly [string, number])[]): readonly Sample[] {
  return values.map(([name, value]) => ({ labels: { [label]: name }, value }));
}
