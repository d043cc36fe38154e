/**
 * The admin paths that every instance has: health under the names that probes of the old system use, metrics, and a
 * look into the compiler's graph.
 */
import type { AdminEndpoint } from "./admin-server.ts";
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
