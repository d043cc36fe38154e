/**
 * The door of the admin interface: everything that it answers, put together, on its socket and on its ports.
 */
import { runtimeDirectoryAt } from "#base/runtime-directory.ts";
import type { Clock } from "../clock.ts";
import { envoyState, envoyUptime } from "../envoy/admin.ts";
import type { ControlOptions } from "../options.ts";
import type { PipelineCounts } from "../pipeline/pipeline.ts";
import type { Timings } from "../report/timings.ts";
import type { ControlView, Reached } from "../view.ts";
import { debugEndpoints } from "./debug.ts";
import { diagnosticsEndpoints, diagnosticsPath } from "./diagnostics.ts";
import { watchEnvoyLife, withoutEnvoy } from "./envoy-life.ts";
import { envoyLogLevel } from "./envoy-log-level.ts";
import { openEnvoyMetrics } from "./envoy-metrics.ts";
import { healthEndpoints, metricsEndpoint } from "./health.ts";
import { identityOf } from "./identity.ts";
import { nearby } from "./nearby.ts";
import { publicPaths } from "./public-paths.ts";
import { type Answering, answerOnPort, answerOnSocket } from "./server.ts";
import { snapshotEndpoint } from "./snapshot.ts";

/** Metrics are made once for all who ask at a time; the others are long in a large configuration. */
const atOnce = { "/metrics": 8, [diagnosticsPath]: 2, "/snapshot-external": 2 };

/** What of a control process it looks at. */
export interface AdminSources {
  readonly view: ControlView;
  readonly counts: Readonly<PipelineCounts>;
  readonly timings: Timings;
  readonly clock: Clock;
  readonly reached: Readonly<Reached>;
}

/** The open interface. */
export interface Admin {
  /** Where it can be asked from this machine; undefined without a port. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

/** Opens it; rejects when a port is taken. */
export async function openAdmin(options: ControlOptions, sources: AdminSources): Promise<Admin> {
  const { runtimeDirectory, log } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closeOne) => closeOne()));
  };
  const { answering, snapshots } = await answers(options, sources);
  try {
    closers.push((await answerOnSocket(runtimeDirectoryAt(runtimeDirectory).controlSocket, answering)).close);
    if (options.snapshot) {
      closers.push(
        (await answerOnPort(options.snapshot, { endpoints: snapshots, atOnce, isPublic: () => true, log })).close,
      );
    }
    if (!options.admin) return { url: undefined, close };
    const onPort = await answerOnPort(options.admin, answering);
    closers.push(onPort.close);
    return { url: `http://${nearby(options.admin)}:${onPort.port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function answers(options: ControlOptions, { view, counts, timings, clock, reached }: AdminSources) {
  const { runtimeDirectory, settings, log } = options;
  const socketPath = runtimeDirectoryAt(runtimeDirectory).envoyAdminSocket;
  const { compiler, xds, diagnostics } = view;
  const hasServed = () => reached.served;
  const identity = identityOf(options.version, settings, () => reached.namespaceUid?.(), options.clusterId);
  const { hasOwnEnvoy = true } = options;
  const envoy = hasOwnEnvoy ? watchEnvoyLife({ ask: () => isReady(socketPath), clock }) : withoutEnvoy;
  // Nothing has been served yet: an Envoy that is ready has its configuration from a control process before this one.
  const isWarm = hasOwnEnvoy && (await envoy.isReady());
  const logLevel = envoyLogLevel(socketPath);
  const metrics = openEnvoyMetrics({
    socketPath,
    maxClusters: options.maxMetricsClusters,
    clusters: () => xds.snapshot.size("cluster"),
  });
  const figures = {
    xds,
    counts,
    timings,
    identity,
    objects: () => countKinds(compiler),
    withheldSecrets: () => countWithheld(compiler),
    watches: () => reached.observed?.watches() ?? new Map(),
    logLevel,
  };
  const sinceUpdate = () => (performance.now() - counts.convergedAt) / 1000;
  const diagnosed = {
    ...{ compiler, settings, xds, diagnostics, identity, envoy, logLevel, hasServed, sinceUpdate },
    envoyUptime: () => envoyUptime(socketPath),
  };
  const answering: Answering = {
    log,
    atOnce,
    isPublic: publicPaths(compiler),
    endpoints: {
      ...healthEndpoints({ envoy, timings, hasServed: () => isWarm || hasServed() }),
      ...metricsEndpoint(figures, hasOwnEnvoy ? metrics : async () => ""),
      ...diagnosticsEndpoints(diagnosed),
      ...debugEndpoints(view, timings),
      ...options.endpoints?.(view),
    },
  };
  return { answering, snapshots: snapshotEndpoint({ compiler, identity, diagnostics, hasServed }) };
}

/** Whether the Envoy behind a socket says that it serves; rejects when it says nothing. */
async function isReady(socketPath: string): Promise<boolean> {
  return (await envoyState(socketPath)) === 200;
}

function countWithheld({ declared }: ControlView["compiler"]): number {
  let count = 0;
  for (const [, { resource }] of declared.objects.all("Secret").entries()) if (resource.spec.withheld) count++;
  return count;
}

function countKinds({ declared }: ControlView["compiler"]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, { ref }] of declared.inputs.objects.entries()) counts.set(ref.kind, (counts.get(ref.kind) ?? 0) + 1);
  return counts;
}
