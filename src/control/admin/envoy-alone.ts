/**
 * The admin interface of a data plane by itself, whose control plane is elsewhere: probes under their usual names, and
 * Envoy's metrics.
 */
import type { Log } from "#base/log.ts";
import { runtimeDirectoryAt } from "#base/runtime-directory.ts";
import { ownClock } from "../clock.ts";
import { envoyState } from "../envoy/admin.ts";
import { createTimings } from "../report/timings.ts";
import { watchEnvoyLife } from "./envoy-life.ts";
import { openEnvoyMetrics } from "./envoy-metrics.ts";
import { healthEndpoints } from "./health.ts";
import { nearby } from "./nearby.ts";
import { processMetrics } from "./process-metrics.ts";
import { prometheusType, renderMetrics } from "./prometheus.ts";
import { isForEveryone } from "./public-paths.ts";
import { type AdminPort, type Answering, answerOnPort } from "./server.ts";

/** What is answered, and where. */
export interface EnvoyAloneOptions {
  /** The directory of the sockets. */
  readonly runtimeDirectory: string;
  readonly admin: AdminPort | undefined;
  /** The most clusters that have metrics of their own. */
  readonly maxMetricsClusters: number;
  readonly log: Log;
}

/** Opens it; rejects when the port is taken. */
export async function openEnvoyAlone({
  runtimeDirectory,
  admin,
  maxMetricsClusters: maxClusters,
  log,
}: EnvoyAloneOptions): Promise<{ readonly text: string; close(): Promise<void> }> {
  if (!admin) return { text: "", close: async () => undefined };
  const socketPath = runtimeDirectoryAt(runtimeDirectory).envoyAdminSocket;
  const envoy = watchEnvoyLife({ ask: async () => (await envoyState(socketPath)) === 200, clock: ownClock });
  // How many clusters there are, only the control plane knows.
  const metrics = openEnvoyMetrics({ socketPath, maxClusters, clusters: () => Number.POSITIVE_INFINITY });
  const answering: Answering = {
    log,
    atOnce: { "/metrics": 8 },
    isPublic: isForEveryone,
    endpoints: {
      // Envoy says that it is ready when it has its first configuration.
      ...healthEndpoints({ envoy, timings: createTimings(), hasServed: () => true }),
      "/metrics": async () => ({
        body: renderMetrics(await processMetrics()) + (await metrics()),
        type: prometheusType,
      }),
    },
  };
  // On no socket: whoever looks for an instance to ask there would find one that knows no configuration.
  const { port, close } = await answerOnPort(admin, answering);
  return { text: `admin http://${nearby(admin)}:${port}`, close };
}
