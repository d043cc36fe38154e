/**
 * The admin paths that every instance has: health under the names that probes of the old system use, metrics, and a
 * look into the compiler's graph.
 */
import type { AdminEndpoint } from "./admin-server.ts";
import { renderMetrics } from "./metrics.ts";
import type { PipelineCounts } from "./pipeline.ts";
import type { ControlView } from "./run.ts";
import type { XdsServer } from "./xds/server.ts";

type Endpoints = Readonly<Record<string, AdminEndpoint>>;

/** Liveness, readiness, metrics. */
export function healthEndpoints(isReady: () => boolean, xds: XdsServer, counts: PipelineCounts): Endpoints {
  const alive: AdminEndpoint = () => ({ body: "alive\n" });
  return {
    "/healthz": alive,
    "/ambassador/v0/check_alive": alive,
    "/ambassador/v0/check_ready": () =>
      isReady() ? { body: "ready\n" } : { status: 503, body: "Envoy has not acknowledged its first configuration\n" },
    "/metrics": () => ({ body: renderMetrics(xds, counts) }),
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
