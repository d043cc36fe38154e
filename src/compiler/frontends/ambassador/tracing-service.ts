/** LOWER of a TracingService. One that cannot be used is left out, and says so; requests are served without it. */
import { type Checked, type Diagnostic, diagnose, fail } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { headTextProblem, type TracingService, type TracingServiceSpec } from "../../api/index.ts";
import type { Reads } from "../../graph/graph.ts";
import type { ClusterDecl } from "../../ir/cluster.ts";
import type { Tracing, TracingDriver } from "../../ir/tracing.ts";
import { lowerUpstream } from "./cluster.ts";
import { type MappingLookup, noDefaults } from "./mapping.ts";
import { lowerTracingTags } from "./tracing-tags.ts";

/** What one TracingService asks for. */
export interface TracingDecl {
  readonly tracing: Tracing;
  readonly upstream: ClusterDecl;
}

const traffic = "requests are served, and NOT traced";

/** What each driver has a use for. */
const zipkinFields = [
  "collector_endpoint",
  "collector_endpoint_version",
  "collector_hostname",
  "shared_span_context",
  "trace_id_128bit",
] as const;
const used: Readonly<Record<TracingDriver["kind"], readonly string[]>> = {
  zipkin: zipkinFields,
  datadog: ["collector_hostname", "service_name"],
  opentelemetry: ["service_name"],
};

/** Lowers a TracingService; no value where it cannot be used. */
export function lowerTracingService(
  lookup: MappingLookup,
  { ref, spec }: TracingService,
  reads: Reads,
): Checked<TracingDecl> {
  const origin = { ref, path: "" };
  const kind = spec.driver;
  if (kind === "lightstep") {
    const detail = { traffic, hint: "collect with OpenTelemetry: driver: opentelemetry" };
    const at = child(origin, "spec", "driver");
    return fail(diagnose("tracing-service/lightstep", at, "Envoy has no driver lightstep any more", detail));
  }
  const refused = refusal(spec, origin);
  if (refused) return fail(refused);
  const defaults = reads.get(lookup.defaults, "") ?? noDefaults;
  const fields = { ...spec, grpc: kind === "opentelemetry" };
  const upstream = lowerUpstream(fields, { lookup, defaults, origin, reads });
  if (!upstream.value) return { diagnostics: upstream.diagnostics };
  const tags = lowerTracingTags(spec, origin);
  const tracing: Tracing = {
    origin,
    cluster: upstream.value.name,
    driver: lowerDriver(kind, spec, upstream.value),
    sampling: spec.sampling ?? {},
    tags: tags.value ?? [],
  };
  const diagnostics = [...upstream.diagnostics, ...tags.diagnostics, ...unusedFields(kind, spec, origin)];
  return { value: { tracing, upstream: upstream.value }, diagnostics };
}

function refusal({ driver, config = {} }: TracingServiceSpec, origin: Origin): Diagnostic | undefined {
  const at = (field: string) => child(origin, "spec", "config", field);
  if (driver === "zipkin" && config.collector_endpoint_version === "HTTP_JSON_V1") {
    const detail = { traffic, hint: "write HTTP_JSON or HTTP_PROTO" };
    const field = at("collector_endpoint_version");
    return diagnose("tracing-service/zipkin-v1", field, "version 1 of Zipkin's format is not spoken any more", detail);
  }
  for (const field of ["collector_endpoint", "collector_hostname"] as const) {
    const problem = used[driver === "lightstep" ? "opentelemetry" : driver].includes(field)
      ? headTextProblem(config[field] ?? "")
      : undefined;
    if (problem) return diagnose("tracing-service/invalid-text", at(field), `it ${problem}`, { traffic });
  }
  return undefined;
}

function lowerDriver(
  kind: TracingDriver["kind"],
  { config = {} }: TracingServiceSpec,
  { host, port }: ClusterDecl,
): TracingDriver {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const hostname = config.collector_hostname || authority;
  const serviceName = config.service_name || "ambassador";
  if (kind === "opentelemetry") return { kind, authority, serviceName };
  if (kind === "datadog") return { kind, hostname, serviceName };
  return {
    kind,
    hostname,
    endpoint: config.collector_endpoint || "/api/v2/spans",
    protobuf: config.collector_endpoint_version === "HTTP_PROTO",
    longTraceIds: config.trace_id_128bit ?? true,
    ...(config.shared_span_context === undefined ? {} : { sharedSpans: config.shared_span_context }),
  };
}

function unusedFields(
  kind: TracingDriver["kind"],
  { config = {} }: TracingServiceSpec,
  origin: Origin,
): readonly Diagnostic[] {
  return ([...zipkinFields, "service_name", "collector_cluster"] as const)
    .filter((field) => config[field] !== undefined && !used[kind].includes(field))
    .map((field) => {
      const message = `the driver ${kind} has no use for ${field}`;
      const detail = { traffic: "spans are sent to the service all the same", hint: "leave it out" };
      return diagnose("tracing-service/unused-field", child(origin, "spec", "config", field), message, detail);
    });
}
