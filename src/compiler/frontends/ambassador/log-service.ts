/** LOWER of LogServices: what one is told, and its upstream. One that cannot be told is left out, and says so. */
import { type Checked, type Diagnostic, diagnose, fail } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { LogService, LogServiceSpec } from "../../api/index.ts";
import type { Reads } from "../../graph/graph.ts";
import type { ClusterDecl } from "../../ir/cluster.ts";
import type { LogReceiver } from "../../ir/http-options.ts";
import { lowerUpstream } from "./cluster.ts";
import { type MappingLookup, noDefaults } from "./mapping.ts";

/** What one LogService asks for. */
export interface LogDecl {
  readonly origin: Origin;
  readonly receiver: LogReceiver;
  readonly upstream: ClusterDecl;
}

const traffic = "it is NOT told about anything; requests are served";

/** Lowers a LogService; no value where it cannot be told. */
export function lowerLogService(lookup: MappingLookup, { ref, spec }: LogService, reads: Reads): Checked<LogDecl> {
  const origin = { ref, path: "" };
  const refused = refusal(spec, origin);
  if (refused) return fail(refused);
  const defaults = reads.get(lookup.defaults, "") ?? noDefaults;
  const upstream = lowerUpstream({ ...spec, grpc: true }, { lookup, defaults, origin, reads });
  if (!upstream.value) return { diagnostics: upstream.diagnostics };
  const { name: cluster, host, port } = upstream.value;
  const receiver: LogReceiver = {
    about: spec.driver === "http" ? "requests" : "connections",
    name: ref.name,
    cluster,
    authority: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    // Envoy refuses 0.
    flushMs: (spec.flush_interval_time || 1) * 1000,
    flushBytes: spec.flush_interval_byte_size ?? 16384,
    headers: lowerHeaders(spec),
  };
  const value = { origin, receiver, upstream: upstream.value };
  return { value, diagnostics: [...upstream.diagnostics, ...oddities(spec, origin)] };
}

function refusal(spec: LogServiceSpec, at: Origin): Diagnostic | undefined {
  if (spec.grpc !== true) {
    const hint = "write grpc: true; a LogService has to speak gRPC";
    return diagnose("log-service/not-grpc", child(at, "spec", "grpc"), "grpc is not true", { traffic, hint });
  }
  if (spec.protocol_version === "v3") return undefined;
  const message = `${spec.protocol_version ?? "v2"} of the protocol is not spoken any more`;
  return diagnose("log-service/protocol-version", child(at, "spec", "protocol_version"), message, {
    traffic,
    hint: "let the service speak envoy.service.accesslog.v3 and write protocol_version: v3",
  });
}

function lowerHeaders({ driver, driver_config }: LogServiceSpec): LogReceiver["headers"] {
  const all = driver === "http" ? (driver_config?.additional_log_headers ?? []) : [];
  type Flag = "during_request" | "during_response" | "during_trailer";
  const during = (flag: Flag) => all.filter((one) => one[flag] ?? true).map((one) => one.header_name);
  return { request: during("during_request"), response: during("during_response"), trailer: during("during_trailer") };
}

function oddities(spec: LogServiceSpec, at: Origin): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (spec.flush_interval_time === 0) {
    const field = child(at, "spec", "flush_interval_time");
    const detail = {
      traffic: "entries are sent after one second",
      hint: "write flush_interval_byte_size: 0 to send each at once",
    };
    found.push(diagnose("log-service/flush-interval", field, "entries cannot be sent after 0 seconds", detail));
  }
  if (spec.driver === "tcp" && spec.driver_config?.additional_log_headers?.length) {
    const field = child(at, "spec", "driver_config", "additional_log_headers");
    const detail = { traffic: "no header is logged", hint: "write driver: http, or leave the headers out" };
    found.push(diagnose("log-service/tcp-headers", field, "connections have no headers", detail));
  }
  return found;
}
