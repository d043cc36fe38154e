/**
 * The diagnostics under the old path and the old names, as JSON: what is wrong, object by object, and what is served.
 * Where manifests hold credentials, something else stands in their place.
 */
import { conceal } from "#base/conceal.ts";
import { formatOrigin, formatRef } from "#base/origin.ts";
import type { ControlView } from "../view.ts";
import { elements, routeInformation, services } from "./diagnosed-objects.ts";
import type { EnvoyLife } from "./envoy-life.ts";
import { type EnvoyLogLevel, envoyLevels, parseEnvoyLevel } from "./envoy-log-level.ts";
import type { Identity } from "./identity.ts";
import { arrayPieces, objectPieces } from "./json-pieces.ts";
import type { AdminAnswer, AdminEndpoint, AdminQuestion } from "./server.ts";
import { forPeople, systemInformation } from "./system.ts";

/** What they are taken from. */
export interface DiagnosticSources extends Pick<ControlView, "compiler" | "settings" | "xds" | "diagnostics"> {
  readonly identity: Identity;
  readonly envoy: EnvoyLife;
  readonly logLevel: EnvoyLogLevel;
  hasServed(): boolean;
  /** Seconds since Envoy was started; undefined while it does not answer. */
  envoyUptime(): Promise<number | undefined>;
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
      if (question.query.has("patch_client")) return { status: 400, body: "patches are not made; ask for all of it\n" };
      // What the old web page asked for is most of it.
      const wanted = question.query.get("filter")?.replace(/^webui$/, "") || null;
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
  route_info: ({ compiler }) => routeInformation(compiler.declared),
  cluster_info: ({ compiler }) =>
    Object.fromEntries(
      [...compiler.declared.upstreams.clusters.entries()].map(([name, { origin }]) => [
        name,
        { name, _source: formatOrigin(origin) },
      ]),
    ),
  cluster_stats: () => ({}),
  tlscontexts: ({ compiler }) => elements(compiler.declared, ["TLSContext"]),
  ambassador_services: ({ compiler }) =>
    services(compiler.declared, ["AuthService", "RateLimitService", "TracingService", "LogService"]),
  ambassador_resolvers: ({ compiler }) =>
    elements(compiler.declared, ["KubernetesServiceResolver", "KubernetesEndpointResolver", "ConsulResolver"]),
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

async function envoyStatus({ envoy, envoyUptime, hasServed, sinceUpdate }: DiagnosticSources): Promise<object> {
  const uptime = await envoyUptime();
  return {
    alive: !(await envoy.isLost()),
    ready: hasServed() && (await envoy.isReady()),
    uptime: uptime === undefined ? "unknown" : forPeople(uptime),
    since_update: `${Math.round(sinceUpdate())} s`,
  };
}
