/**
 * Control's own figures in Prometheus' text form.
 */
import type { PipelineCounts } from "./pipeline.ts";
import type { XdsServer } from "./xds/server.ts";

/** The whole page. */
export function renderMetrics(xds: XdsServer, counts: PipelineCounts): string {
  const { streams, responses, bytes, refusals, early } = xds.statistics();
  const acknowledged = xds.acknowledged();
  const byType = Object.entries(responses).map(([type, count]) => [`{type="${type}"}`, count] as const);
  const bySeverity = Object.entries(counts.diagnostics).map(
    ([name, count]) => [`{severity="${name}"}`, count] as const,
  );
  return [
    metric("dragoman_xds_streams", "gauge", "Connected Envoys.", [["", streams]]),
    metric("dragoman_xds_responses_total", "counter", "Responses sent.", byType),
    metric("dragoman_xds_bytes_total", "counter", "Bytes sent.", [["", bytes]]),
    metric("dragoman_xds_refusals_total", "counter", "Resources that an Envoy refused.", [["", refusals]]),
    metric("dragoman_xds_early_total", "counter", "Resources sent before their clusters were warm.", [["", early]]),
    metric("dragoman_snapshot_number", "gauge", "The newest change set.", [["", xds.snapshot.number]]),
    metric("dragoman_acknowledged_number", "gauge", "The newest change set that every Envoy has.", [
      ["", acknowledged],
    ]),
    metric("dragoman_commits_total", "counter", "Compilations.", [["", counts.commits]]),
    metric("dragoman_diagnostics", "gauge", "Problems of the configuration.", bySeverity),
  ].join("");
}

function metric(
  name: string,
  type: "counter" | "gauge",
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = values.map(([labels, value]) => `${name}${labels} ${value}`);
  return `${[`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join("\n")}\n`;
}
