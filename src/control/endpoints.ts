/**
 * The admin paths that every instance has: health under the names that probes of the old system use, metrics, and a
 * look into the compiler's graph.
 */
import { formatOrigin } from "#base/origin.ts";
import type { AdminEndpoint, Stranger } from "./admin-server.ts";
import { envoyMetrics } from "./envoy-metrics.ts";
import { renderMetrics } from "./metrics.ts";
import type { PipelineCounts } from "./pipeline.ts";
import type { ControlView } from "./run.ts";
import type { XdsServer } from "./xds/server.ts";

type Endpoints = Readonly<Record<string, AdminEndpoint>>;

/** What the endpoints look at. */
export interface Health {
  readonly xds: XdsServer;
  readonly counts: PipelineCounts;
  readonly envoyAdminSocket: string;
  isReady(): boolean;
}

/** Liveness, readiness, metrics. */
export function healthEndpoints({ xds, counts, envoyAdminSocket, isReady }: Health): Endpoints {
  const alive: AdminEndpoint = () => ({ body: "alive\n" });
  return {
    "/healthz": alive,
    "/ambassador/v0/check_alive": alive,
    "/ambassador/v0/check_ready": () =>
      isReady() ? { body: "ready\n" } : { status: 503, body: "Envoy has not acknowledged its first configuration\n" },
    "/metrics": async () => ({ body: renderMetrics(xds, counts) + (await envoyMetrics(envoyAdminSocket)) }),
  };
}

const diagnosticsPath = "/ambassador/v0/diag/";

/** The diagnostics under the old path and the old names: what is wrong, object by object. */
export function diagnosticsEndpoints({ settings, diagnostics }: ControlView, { isReady }: Health): Endpoints {
  return {
    [diagnosticsPath]: (_, path) => {
      if (path !== diagnosticsPath) return { status: 404, body: "only the overview is served\n" };
      const all = diagnostics();
      const system = { ambassador_id: settings.ambassadorId, ambassador_namespace: settings.namespace };
      const errors = all.filter(({ severity }) => severity === "error");
      const notices = all.filter(({ severity }) => severity !== "error");
      return {
        body: {
          system,
          envoy_status: { ready: isReady() },
          errors: errors.map(({ at, message }) => [formatOrigin(at), message]),
          notices: notices.map(({ severity, at, message }) => ({
            level: severity.toUpperCase(),
            message: `${formatOrigin(at)}: ${message}`,
          })),
        },
      };
    },
  };
}

const probePaths: readonly string[] = ["/ambassador/v0/check_alive", "/ambassador/v0/check_ready"];

/** What those may ask who watch over this instance: they call its port, and clients of the gateway do not. */
const watchPaths: readonly string[] = ["/healthz", "/metrics"];

/** The paths that everyone may ask: the probes, and the diagnostics where the Module says allow_non_local. */
export function publicPaths({ compiler }: ControlView): (path: string, asks: Stranger) => boolean {
  return (path, asks) => {
    if (probePaths.includes(path)) return true;
    if (asks === "from-elsewhere" && watchPaths.includes(path)) return true;
    const { diagnostics } = compiler.declared.module.settings.get("")?.config ?? {};
    return path === diagnosticsPath && diagnostics?.allow_non_local === true;
  };
}

const graphPath = "/debug/graph/";

/** `/debug/graph/<collection>/<key>`: what a derived value was made from. Never the value: it may hold a secret. */
export function debugEndpoints({ compiler }: ControlView): Endpoints {
  return {
    [graphPath]: (_, path) => {
      const [collection = "", ...key] = path.slice(graphPath.length).split("/").map(decodeURIComponent);
      const found = compiler.inspect(collection, key.join("/"));
      if (!found) return { status: 404, body: "there is no such key\n" };
      const { value: _value, ...rest } = found;
      return { body: rest };
    },
  };
}
