/**
 * The diagnostics under the old path and the old names, as JSON: what is wrong, object by object, and what is served.
 * Where manifests hold credentials, something else stands in their place.
 */
import { conceal } from "#base/conceal.ts";
import { formatOrigin, formatRef } from "#base/origin.ts";
import { listRoutes, type RouteRow } from "#compiler";
import type { ControlView } from "../view.ts";
import type { EnvoyLife } from "./envoy-life.ts";
import { type EnvoyLogLevel, envoyLevels, parseEnvoyLevel } from "./envoy-log-level.ts";
import type { Identity } from "./identity.ts";
import { arrayPieces, objectPieces } from "./json-pieces.ts";
import type { AdminAnswer, AdminEndpoint, AdminQuestion } from "./server.ts";
import { systemInformation } from "./system.ts";

/** What they are taken from. */
export interface DiagnosticSources extends Pick<ControlView, "compiler" | "settings" | "xds" | "diagnostics"> {
  readonly identity: Identity;
  readonly envoy: EnvoyLife;
  readonly logLevel: EnvoyLogLevel;
  hasServed(): boolean;
  /** Seconds since Envoy acknowledged the last change. */
  sinceUpdate(): number;
}

/** The path. */
export const diagnosticsPath = "/ambassador/v0/diag/";

/** The endpoint. `filter` names the only key that is wanted; a POST with `loglevel` sets the level of Envoy's log. */
export function diagnosticsEndpoints(sources: DiagnosticSources): Readonly<Record<string, AdminEndpoint>> {
  return {
    [diagnosticsPath]: async (question) => {
      if (question.path !== diagnosticsPath) return { status: 404, body: "only the overview is served\n" };
      const level = question.query.get("loglevel");
      if (level !== null) return changeLevel(sources.logLevel, level, question);
      if (!sources.hasServed()) return { status: 503, body: "there is no configuration yet\n" };
      const wanted = question.query.get("filter");
      return {
        pieces: wanted === null ? await overview(sources) : await one(sources, wanted),
        type: "application/json",
      };
    },
  };
}

async function changeLevel(envoy: EnvoyLogLevel, text: string, { input }: AdminQuestion): Promise<AdminAnswer> {
  // A link or an image on a web page can make a browser GET anything.
  if (input === undefined) return { status: 405, body: "POST {} as application/json to change the log level\n" };
  const level = parseEnvoyLevel(text);
  if (!level) return { status: 400, body: `loglevel: one of ${envoyLevels.join(", ")}\n` };
  await envoy.change(level);
  return { body: { loglevel: level } };
}

async function one(sources: DiagnosticSources, key: string): Promise<Iterable<string>> {
  return shown(Object.hasOwn(parts, key) ? await parts[key as keyof typeof parts](sources) : null);
}

async function overview(sources: DiagnosticSources): Promise<Iterable<string>> {
  const entries = Object.entries(parts).map(async ([key, make]) => [key, await make(sources)] as const);
  return objectPieces(await Promise.all(entries), shown);
}

function shown(value: unknown): Iterable<string> {
  return Array.isArray(value) ? arrayPieces(value, conceal) : [JSON.stringify(conceal(value))];
}

type Part = (sources: DiagnosticSources) => unknown;

/** The old keys. Those of details that there are not here are empty, so that whoever looks into them finds nothing. */
const parts = {
  system: systemInformation,
  envoy_status: envoyStatus,
  envoys: ({ xds }) => xds.envoys(),
  loginfo: async ({ logLevel }) => ({ all: (await logLevel.current()) ?? "unknown" }),
  errors: ({ diagnostics }) =>
    diagnostics()
      .filter(({ severity }) => severity === "error")
      .map(({ at, message }) => [formatOrigin(at), message]),
  notices: ({ diagnostics }) =>
    diagnostics()
      .filter(({ severity }) => severity !== "error")
      .map(({ severity, at, message }) => ({
        level: severity.toUpperCase(),
        message: `${formatOrigin(at)}: ${message}`,
      })),
  banner_content: () => null,
  route_info: ({ compiler }) => listRoutes(compiler.declared).map(routeInformation),
  cluster_info: ({ compiler }) =>
    Object.fromEntries(
      [...compiler.declared.upstreams.clusters.entries()].map(([name, { origin }]) => [
        name,
        { name, _source: formatOrigin(origin) },
      ]),
    ),
  cluster_stats: () => ({}),
  tlscontexts: (sources) => elements(sources, ["TLSContext"]),
  ambassador_services: (sources) =>
    elements(sources, ["AuthService", "RateLimitService", "TracingService", "LogService"]),
  ambassador_resolvers: (sources) =>
    elements(sources, ["KubernetesServiceResolver", "KubernetesEndpointResolver", "ConsulResolver"]),
  ambassador_resources: ({ compiler }) =>
    Object.fromEntries(
      [...compiler.declared.objects.admitted.entries()].map(([, { resource, from }]) => [
        formatRef(resource.ref),
        { kind: resource.kind, name: resource.ref.name, namespace: resource.ref.namespace, from },
      ]),
    ),
  ambassador_elements: () => ({}),
  envoy_resources: () => ({}),
  envoy_elements: () => ({}),
  active_elements: () => [],
  source_map: () => ({}),
  groups: () => ({}),
} as const satisfies Record<string, Part>;

async function envoyStatus({ envoy, hasServed, sinceUpdate }: DiagnosticSources): Promise<object> {
  return {
    alive: !(await envoy.isLost()),
    ready: hasServed() && (await envoy.isReady()),
    since_update: `${Math.round(sinceUpdate())} s`,
  };
}

/** What is known of a route beside what it matches: the object that it comes from, and where it leads. */
function routeInformation({ at, hosts, path, conditions, percent, destination }: RouteRow): object {
  const key = formatOrigin(at);
  return { _route: key, _source: key, key, prefix: path, hosts, headers: conditions, weight: percent, destination };
}

function elements({ compiler }: DiagnosticSources, kinds: readonly string[]): readonly object[] {
  return [...compiler.declared.objects.admitted.entries()]
    .filter(([, { resource }]) => kinds.includes(resource.kind))
    .map(([, { resource }]) => ({
      type: resource.kind,
      name: resource.ref.name,
      namespace: resource.ref.namespace,
      _source: formatRef(resource.ref),
    }));
}
