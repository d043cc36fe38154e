/**
 * `dragoman control`: sources → compiler → snapshot → Envoy, and everything that goes back. The only place that knows
 * all of it; each part is told what it needs and nothing more.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Diagnostic } from "#base/diagnostic.ts";
import { runtimeDirectoryAt } from "#base/runtime-directory.ts";
import { type CompilerEdit, openCompiler } from "#compiler";
import { openAdmin } from "./admin/index.ts";
import { concernsCertificates } from "./certificates.ts";
import { prepareChoices } from "./choices.ts";
import { ownClock } from "./clock.ts";
import { type ClusterSide, openCluster } from "./cluster.ts";
import { openConsul } from "./consul.ts";
import { askEnvoy } from "./envoy/admin.ts";
import { hasConnections } from "./envoy/connections.ts";
import { type Observed, observe } from "./observe.ts";
import type { ControlOptions } from "./options.ts";
import { giveMemoryBack } from "./pipeline/heap.ts";
import { createCounts, openPipeline, type Pipeline, type PipelineOptions } from "./pipeline/pipeline.ts";
import { createDiagnosticLog } from "./report/diagnostic-log.ts";
import { createTimings } from "./report/timings.ts";
import { startXds } from "./serve.ts";
import type { ConsulWatch } from "./sources/consul/consul.ts";
import { openWantedFiles } from "./sources/files/wanted-files.ts";
import { openStateFile, type State, type StateFile } from "./state/file.ts";
import { type ControlView, createReached, createView, type Reached } from "./view.ts";

/** What has been opened, to be closed in the opposite order. */
type Closers = (() => Promise<void>)[];

/** How long a start waits for Consul, so that its services have endpoints from the first moment on where it answers. */
const consulHeadStartMs = 1000;

/** Runs until the signal; rejects when it cannot start. Nothing of it is left running either way. */
export async function runControl(options: ControlOptions): Promise<void> {
  const closers: Closers = [];
  try {
    const { watching } = await start(options, closers);
    // Watching ends only by a bug; then the keeper starts another process.
    await Promise.race([aborted(options.signal), watching]);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function start(options: ControlOptions, closers: Closers): Promise<{ readonly watching: Promise<unknown> }> {
  const { log, settings, certificates, clock = ownClock } = options;
  const figures = { clock, counts: createCounts(), timings: createTimings() };
  const reached = createReached();

  const cluster = options.cluster && openCluster(options.cluster, settings, log, options.signal);
  closers.push(async () => cluster?.close());
  if (cluster) reached.namespaceUid = cluster.namespaceUid;
  const compiler = openCompiler(settings);
  closers.push(async () => certificates?.close());
  compiler.apply(certificates?.edits ?? []);
  const shared = options.remote !== undefined;
  const choices = await prepareChoices({ settings, directory: options.runtimeDirectory, shared });
  compiler.apply(choices.edits);
  const xds = await startXds(options, reached);
  closers.push(xds.close);
  const view = createView({ compiler, xds, settings }, reached);
  // Before anything is waited for: probes are answered from the beginning.
  const admin = await openAdmin(options, { view, ...figures, reached });
  closers.push(admin.close);

  const envoy = runtimeDirectoryAt(options.runtimeDirectory).envoyAdminSocket;
  const inputs = await openInputs(options, view, reached, closers);
  const pipeline = openPipeline({
    compiler,
    xds,
    log,
    ...figures,
    ...(await readState(options, cluster)),
    ...inputs,
    secrets: { wantSecrets: (keys) => reached.observed?.wantSecrets(keys) },
    postToEnvoy: (path) => askEnvoy(envoy, "POST", path),
    diagnostics: view.diagnostics,
    show: shower(options, view, cluster),
  });
  reached.hasPipeline(pipeline);

  const growth = { compiler, push: pipeline.push, clock, isConnected: () => hasConnections(envoy) };
  const { observed, compiled } = await observeAll(options, pipeline, cluster, (edits) => {
    if (edits.some(concernsCertificates)) certificates?.wake();
    choices.outgrow(growth);
  });
  reached.observed = observed;
  closers.push(observed.close);
  await Promise.race([compiled, aborted(options.signal)]);
  // An API server may be away for as long as it likes.
  if (options.signal.aborted) return { watching: observed.done };
  await choices.settle(compiler, pipeline.push);
  await options.beforeServing?.(view);
  await serveFirst(view, pipeline, inputs.consul);
  void view.served().then(() => {
    // What a start leaves would be collected in the midst of somebody's edit.
    giveMemoryBack();
    reached.served = true;
    certificates?.start({
      compiler,
      push: (edits) => void pipeline.push(edits),
      served: view.served,
      cluster: cluster?.certificates(() => observed.objects),
    });
    options.onReady(admin.url === undefined ? "" : `admin ${admin.url}`);
  });
  const reporting =
    cluster?.report({
      ...view,
      objects: () => observed.objects,
      judged: pipeline.judged,
      certificates: certificates?.leader,
    }) ?? observed.done;
  return { watching: Promise.race([observed.done, reporting]) };
}

/** What comes in beside objects: files that they name, and services in Consul. */
async function openInputs(
  options: ControlOptions,
  { compiler }: ControlView,
  reached: Reached,
  closers: Closers,
): Promise<Pick<PipelineOptions, "wanted"> & { readonly consul: ConsulWatch }> {
  const push = (edits: readonly CompilerEdit[]) => void reached.whenPipeline.then((pipeline) => pipeline.push(edits));
  const wanted = openWantedFiles({ directories: options.fileDirectories, onChange: push });
  reached.wanted = wanted;
  closers.push(async () => wanted.close());
  const consul = await openConsul(options, compiler, push);
  closers.push(consul.close);
  return { wanted, consul };
}

/** What an earlier process left, and where this one leaves it. */
async function readState(
  { stateDirectory, log }: ControlOptions,
  cluster: ClusterSide | undefined,
): Promise<{ readonly state: State; readonly stateFile: StateFile | undefined }> {
  const stateFile = stateDirectory === undefined ? cluster?.state : openStateFile(stateDirectory);
  const state = await stateFile?.read((message) => log("error", message));
  return { state: state ?? { lastGood: {}, refusals: {} }, stateFile };
}

/** Where all diagnostics are told when some are new. */
function shower(
  { log, logFormat = "text" }: ControlOptions,
  { locate }: ControlView,
  cluster: ClusterSide | undefined,
): (all: readonly Diagnostic[]) => void {
  const showNew = createDiagnosticLog(log, logFormat);
  return (all) => {
    showNew(all, locate);
    cluster?.wake(all);
  };
}

/** Begins to read; `compiled` resolves when everything that there is has been compiled; `onCompiled` is told of each batch. */
async function observeAll(
  { paths, settings }: ControlOptions,
  pipeline: Pipeline,
  cluster: ClusterSide | undefined,
  onCompiled: (edits: readonly CompilerEdit[]) => void,
): Promise<{ readonly observed: Observed; readonly compiled: Promise<number> }> {
  const compiled = Promise.withResolvers<number>();
  const onChange = (edits: readonly CompilerEdit[], diagnosticsChanged: boolean): void => {
    void pipeline.push(edits).then((number) => {
      if (diagnosticsChanged) pipeline.report();
      compiled.resolve(number);
      onCompiled(edits);
    });
  };
  const observed = await observe({ paths, cluster: cluster?.watch, settings, onChange });
  return { observed, compiled: compiled.promise };
}

async function serveFirst({ xds }: ControlView, pipeline: Pipeline, consul: ConsulWatch): Promise<void> {
  // An Envoy that is already running has endpoints, which an empty answer would take from it.
  await Promise.race([consul.asked(), pause(consulHeadStartMs, undefined, { ref: false })]);
  await pipeline.idle();
  if (xds.snapshot.number === 0) xds.update([]);
  xds.open();
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
