/**
 * `dragoman control`: sources → compiler → snapshot → Envoy, and everything that goes back. The only place that knows
 * all of it; each part is told what it needs and nothing more.
 */
import { join } from "node:path";
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log, LogFormat } from "#base/log.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import {
  type Compiler,
  type CompilerEdit,
  isKnownKind,
  openCompiler,
  type ResourceChange,
  type Settings,
} from "#compiler";
import { type AdminEndpoint, startAdminServer } from "./admin-server.ts";
import { debugEndpoints, healthEndpoints } from "./endpoints.ts";
import { createLastGoodKeeper } from "./last-good.ts";
import { createQuarantine } from "./quarantine.ts";
import { createRefusedHere } from "./refused-here.ts";
import { createDiagnosticLog } from "./report-log.ts";
import { openSchedule } from "./schedule.ts";
import { watchFiles } from "./sources/files.ts";
import { openStateFile } from "./state-file.ts";
import { serveXds, type XdsServer } from "./xds/server.ts";

/** How to run. */
export interface ControlOptions {
  /** Files, directories, `-`. */
  readonly paths: readonly string[];
  readonly settings: Settings;
  /** Where the sockets go: made by the keeper, open to its owner only. */
  readonly runtimeDirectory: string;
  /** Where what must outlive this process is kept; without it nothing is. */
  readonly stateDirectory?: string;
  /** On 127.0.0.1; 0 takes any; without it there is only the socket. */
  readonly adminPort?: number;
  readonly log: Log;
  readonly logFormat?: LogFormat;
  /** More of the admin interface: what the command line asks. */
  readonly endpoints?: (view: ControlView) => Readonly<Record<string, AdminEndpoint>>;
  /** Everything is compiled and nothing is served yet; a rejection ends the start. */
  readonly beforeServing?: (view: ControlView) => Promise<void>;
  /** Envoy has acknowledged everything for the first time. The text says where things are. */
  readonly onReady: (text: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

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
}

/** Runs until the signal; rejects when it cannot start. */
export async function runControl(options: ControlOptions): Promise<void> {
  const { log, settings } = options;
  const compiler = openCompiler(settings);
  const stateFile = options.stateDirectory === undefined ? undefined : openStateFile(options.stateDirectory);
  const state = (await stateFile?.read()) ?? { lastGood: {}, refusals: {} };
  const refusedHere = createRefusedHere(() => xds);
  const xds = await serveXds({
    socketPath: join(options.runtimeDirectory, "xds.sock"),
    onRefusal: (refused) => {
      log("debug", "refused", { type: refused.type, name: refused.name, reason: refused.message });
      if (refusedHere.note(refused, log)) quarantine.report(refused);
    },
    onEarly: ({ type, name, clusters }) => {
      const text = `${type} "${name}" was sent although Envoy could not reach all of its clusters in time`;
      log("warning", text, { clusters: clusters.slice(0, 5).join(" "), count: clusters.length });
    },
    onConverged: (number) => {
      if (number === xds.snapshot.number && !quarantine.busy) lastGood.forget();
    },
    onStreamError: (error) => log("warning", "Envoy's stream has broken", { reason: error.message }),
  });

  const lastGood = createLastGoodKeeper(compiler, Object.entries(state.lastGood));
  const quarantine = createQuarantine({
    compiler,
    log,
    recent: lastGood.recent,
    initial: Object.entries(state.refusals),
    trial: async (edits) => xds.whenAcknowledged(await schedule.push(edits)),
    isRefused: refusedHere.isRefused,
    onFound() {
      save();
      report();
    },
  });
  compiler.apply([
    ...Object.entries(state.lastGood).map(([key, value]) => ({ kind: "lastGood", key, value }) as const),
    ...Object.entries(state.refusals).map(([key, value]) => ({ kind: "refusal", key, value }) as const),
  ]);

  const sayNew = createDiagnosticLog(log, options.logFormat ?? "text");
  const counts = { commits: 0, diagnostics: { error: 0, warning: 0, notice: 0 } };
  let ofFiles: readonly Diagnostic[] = [];
  let saved = JSON.stringify(state);
  let held: ResourceChange[] = [];

  function save(): void {
    if (!stateFile || quarantine.busy) return;
    const now = { lastGood: Object.fromEntries(lastGood.kept), refusals: Object.fromEntries(quarantine.refusals) };
    const text = JSON.stringify(now);
    if (text === saved) return;
    saved = text;
    stateFile.write(now).catch((error: unknown) => {
      log("error", "the state directory cannot be written", { reason: error instanceof Error ? error.message : "" });
    });
  }

  function report(): void {
    const all = view.diagnostics();
    counts.diagnostics = { error: 0, warning: 0, notice: 0 };
    for (const { severity } of all) counts.diagnostics[severity]++;
    sayNew(all, view.locate);
  }

  const schedule = openSchedule({
    compiler,
    prepare: (edits) => [...edits, ...quarantine.release(edits), ...lastGood.before(edits)],
    release(changes, done) {
      counts.commits++;
      const early = done ? [] : changes.filter(mayGoFirst);
      held.push(...(done ? changes : changes.filter((change) => !mayGoFirst(change))));
      const ready = done ? held : early;
      if (done) held = [];
      return ready.length > 0 ? xds.update(ready) : xds.snapshot.number;
    },
    settle(diagnosticsChanged) {
      const edits: CompilerEdit[] = [...lastGood.after(), ...quarantine.forgetGone()];
      save();
      if (diagnosticsChanged && !quarantine.busy) report();
      return edits;
    },
  });

  const view: ControlView = {
    compiler,
    xds,
    settings,
    locate: (origin) => watcher?.locate(origin),
    diagnostics: () => [...ofFiles, ...compiler.diagnostics()],
    served: async () => xds.whenAcknowledged(await schedule.idle()),
  };
  let isReady = false;
  const admin = await startAdminServer({
    socketPath: join(options.runtimeDirectory, "control.sock"),
    ...(options.adminPort !== undefined && { port: options.adminPort }),
    log,
    endpoints: {
      ...healthEndpoints(() => isReady, xds, counts),
      ...debugEndpoints(view),
      ...options.endpoints?.(view),
    },
  });

  const first = Promise.withResolvers<number>();
  let watcher: Awaited<ReturnType<typeof watchFiles>> | undefined;
  watcher = await watchFiles(
    options.paths,
    (batch) => {
      ofFiles = batch.diagnostics;
      const edits = batch.edits.map(({ key, value }) => ({ kind: "object", key, value }) as const);
      schedule.push(edits).then(first.resolve, first.reject);
      if (batch.diagnosticsChanged) schedule.idle().then(report, first.reject);
    },
    { isKnownKind, defaultNamespace: settings.namespace },
  );
  await first.promise;
  await options.beforeServing?.(view);
  if (xds.snapshot.number === 0) xds.update([]);
  xds.open();
  view.served().then(() => {
    isReady = true;
    options.onReady(admin.port === undefined ? "" : `admin http://127.0.0.1:${admin.port}`);
  }, first.reject);

  await aborted(options.signal);
  await watcher.close();
  await admin.close();
  await xds.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Nothing depends on the order of these: routes to them, and removals, wait for the end of the commit. */
function mayGoFirst({ type, resource }: ResourceChange): boolean {
  return resource !== undefined && (type === "cluster" || type === "endpoints" || type === "secret");
}
