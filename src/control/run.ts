/**
 * `dragoman control`: sources → compiler → snapshot → Envoy, and everything that goes back. The only place that knows
 * all of it; each part is told what it needs and nothing more.
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Diagnostic } from "#base/diagnostic.ts";
import { errorFields, type Log, type LogFormat } from "#base/log.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { type Compiler, type CompilerEdit, openCompiler, type Settings } from "#compiler";
import { type Admin, nearby, openAdmin } from "./admin/index.ts";
import type { AdminEndpoint, AdminPort } from "./admin/server.ts";
import type { Certificates } from "./certificates.ts";
import { type Clock, ownClock } from "./clock.ts";
import { type ClusterChoice, openCluster } from "./cluster.ts";
import { askEnvoy } from "./envoy-admin.ts";
import { type Observed, observe } from "./observe.ts";
import { createCounts, openPipeline, type Pipeline } from "./pipeline.ts";
import { createDiagnosticLog } from "./report-log.ts";
import { type ConsulIdentity, type ConsulWatch, type OnAnswer, watchConsul } from "./sources/consul.ts";
import { openConsulMemory } from "./sources/consul-memory.ts";
import { openWantedFiles, type WantedFiles } from "./sources/wanted-files.ts";
import { openStateFile } from "./state-file.ts";
import { createTimings } from "./timings.ts";
import { serveXds, type XdsServer } from "./xds/server.ts";

export { type AdminPort, type ConsulIdentity, nearby };

/** How to run. */
export interface ControlOptions {
  /** Files, directories, `-`. */
  readonly paths: readonly string[];
  /** A cluster whose objects are watched, beside the files or without any. */
  readonly cluster?: ClusterChoice | undefined;
  readonly settings: Settings;
  /** Directories that files which manifests name are read from. */
  readonly fileDirectories: readonly string[];
  /** Where the sockets go: made by the keeper, open to its owner only. */
  readonly runtimeDirectory: string;
  /** Where what must outlive this process is kept; without it nothing is. */
  readonly stateDirectory?: string;
  /** The version of this program. */
  readonly version: string;
  /** AMBASSADOR_CLUSTER_ID. */
  readonly clusterId?: string;
  /** Where the admin interface is beside its socket. */
  readonly admin?: AdminPort | undefined;
  /** Where the objects in force are shown. */
  readonly snapshot?: AdminPort | undefined;
  /** The most clusters that have metrics of their own. */
  readonly maxMetricsClusters: number;
  /** Who asks Consul. */
  readonly consul?: ConsulIdentity;
  /** Who obtains certificates, if anybody does; closed with everything else. */
  readonly certificates?: Certificates | undefined;
  readonly log: Log;
  readonly logFormat?: LogFormat;
  /** More of the admin interface: what the command line asks. */
  readonly endpoints?: (view: ControlView) => Readonly<Record<string, AdminEndpoint>>;
  /** Everything is compiled and nothing is served yet; a rejection ends the start. */
  readonly beforeServing?: (view: ControlView) => Promise<void>;
  /** Envoy has acknowledged everything for the first time. The text says where things are. */
  readonly onReady: (text: string) => void;
  /** How long Envoy drains connections of replaced listeners, in seconds. */
  readonly drainSeconds?: number | undefined;
  /** The process's own if absent. */
  readonly clock?: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** How long a start waits for Consul, so that its services have endpoints from the first moment on where it answers. */
const consulHeadStartMs = 1000;

/** What the admin interface may look at. */
export interface ControlView {
  readonly compiler: Compiler;
  readonly xds: XdsServer;
  readonly locate: Locate;
  readonly settings: Settings;
  /** Of reading and of compiling. */
  diagnostics(): readonly Diagnostic[];
  /** Resolves when everything that has been read is compiled and Envoy has acknowledged it. */
  served(): Promise<void>;
  /** Resolves when the files have been looked at again. */
  rescan(): Promise<void>;
}

/** Runs until the signal; rejects when it cannot start. Nothing of it is left running either way. */
export async function runControl(options: ControlOptions): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const { watching } = await start(options, closers);
    // Watching ends only by a bug; then the keeper starts another process.
    await Promise.race([aborted(options.signal), watching]);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function start(
  options: ControlOptions,
  closers: (() => Promise<void>)[],
): Promise<{ readonly watching: Promise<unknown> }> {
  const { log, settings } = options;
  const clock = options.clock ?? ownClock;
  const counts = createCounts();
  const timings = createTimings();
  const cluster = options.cluster && openCluster(options.cluster, settings, log, options.signal);
  closers.push(async () => cluster?.close());
  const compiler = openCompiler(settings);
  const { certificates } = options;
  closers.push(async () => certificates?.close());
  compiler.apply(certificates?.edits ?? []);
  const pipelineOpened = Promise.withResolvers<Pipeline>();
  const xds = await startXds(options, () => pipeline);
  closers.push(xds.close);

  let observed: Observed | undefined;
  let wanted: WantedFiles | undefined;
  let standing: () => readonly Diagnostic[] = () => [];
  let hasServed = false;
  const locate: Locate = (origin) => observed?.locate(origin);
  const diagnostics = () => [...(observed?.diagnostics() ?? []), ...compiler.diagnostics(), ...standing()];
  const served = async () => xds.whenAcknowledged(await (await pipelineOpened.promise).idle());
  const rescan = async () => {
    wanted?.rescan();
    await observed?.rescan();
  };
  const view: ControlView = { compiler, xds, settings, locate, diagnostics, served, rescan };
  // Before anything is waited for: probes are answered from the beginning.
  const sources = { view, counts, timings, clock, observed: () => observed, hasServed: () => hasServed };
  const admin: Admin = await openAdmin(options, sources);
  closers.push(admin.close);

  const stateFile = options.stateDirectory === undefined ? cluster?.state : openStateFile(options.stateDirectory);
  const state = (await stateFile?.read((message) => log("error", message))) ?? { lastGood: {}, refusals: {} };
  const showNew = createDiagnosticLog(log, options.logFormat ?? "text");
  const show = (all: readonly Diagnostic[]) => {
    showNew(all, locate);
    cluster?.wake();
  };
  wanted = openWantedFiles({
    directories: options.fileDirectories,
    onChange: (edits) => void pipeline.push(edits),
  });
  closers.push(async () => wanted?.close());
  const consul = await openConsul(options, compiler, (edits) => void pipeline.push(edits), closers);
  const reports = { diagnostics, show };
  const envoyAdmin = join(options.runtimeDirectory, "envoy-admin.sock");
  const postToEnvoy = (path: string) => askEnvoy(envoyAdmin, "POST", path);
  const pipeline = openPipeline({
    compiler,
    xds,
    state,
    stateFile,
    log,
    clock,
    counts,
    timings,
    wanted,
    consul,
    postToEnvoy,
    ...reports,
  });
  standing = pipeline.standing;
  pipelineOpened.resolve(pipeline);

  const compiled = Promise.withResolvers<number>();
  const onChange = (edits: readonly CompilerEdit[], diagnosticsChanged: boolean): void => {
    void pipeline.push(edits).then((number) => {
      if (diagnosticsChanged) pipeline.report();
      compiled.resolve(number);
      certificates?.wake();
    });
  };
  observed = await observe({ paths: options.paths, cluster: cluster?.watch, settings, onChange });
  closers.push(observed.close);

  await compiled.promise;
  await options.beforeServing?.(view);
  // An Envoy that is already running has endpoints, which an empty answer would take from it.
  await Promise.race([consul.asked(), pause(consulHeadStartMs, undefined, { ref: false })]);
  await pipeline.idle();
  if (xds.snapshot.number === 0) xds.update([]);
  xds.open();
  void served().then(() => {
    hasServed = true;
    certificates?.start({ compiler, push: (edits) => void pipeline.push(edits), served });
    options.onReady(admin.url === undefined ? "" : `admin ${admin.url}`);
  });
  const { objects } = observed;
  const reporting = cluster?.report({ compiler, objects: () => objects, diagnostics, served }) ?? observed.done;
  return { watching: Promise.race([observed.done, reporting]) };
}

/** What an earlier process was told is compiled with the first edits, so that Envoy keeps the endpoints that it has. */
async function openConsul(
  { runtimeDirectory, consul, log }: ControlOptions,
  compiler: Compiler,
  push: (edits: readonly CompilerEdit[]) => void,
  closers: (() => Promise<void>)[],
): Promise<ConsulWatch> {
  const memory = await openConsulMemory(runtimeDirectory, (error) =>
    log("warning", "what Consul says cannot be kept for another process", errorFields(error)),
  );
  closers.push(memory.close);
  compiler.apply([...memory.remembered].map(([key, value]) => ({ kind: "consul", key, value }) as const));
  const onAnswer: OnAnswer = (key, value) => {
    memory.note(key, value);
    push([{ kind: "consul", key, value }]);
  };
  const watch = watchConsul(onAnswer, consul, memory.remembered);
  closers.push(watch.close);
  return watch;
}

function startXds(
  { runtimeDirectory, drainSeconds, log }: ControlOptions,
  pipeline: () => Pipeline,
): Promise<XdsServer> {
  return serveXds({
    socketPath: join(runtimeDirectory, "xds.sock"),
    ...(drainSeconds === undefined ? {} : { order: { drainMs: drainSeconds * 1000 } }),
    onRefusal: (refused) => pipeline().refused(refused),
    onConnected: () => pipeline().connected(),
    onConverged: (number) => pipeline().converged(number),
    onEarly({ type, name, clusters }) {
      const text = `${type} "${name}" was sent although Envoy had not reached all of its clusters in time`;
      log("warning", text, { clusters: clusters.slice(0, 5).join(" "), count: clusters.length });
    },
    onStreamError: (error) => log("warning", "Envoy's stream has broken", errorFields(error)),
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
