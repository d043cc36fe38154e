/**
 * What happens to an edit in control: compiled together with the version that it replaces, released to Envoy, judged
 * by it; and what follows from that: last good versions, quarantine, their file, the report.
 */
import type { Diagnostic, Severity } from "#base/diagnostic.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { ResourceRef } from "#base/origin.ts";
import type { Compiler, CompilerEdit } from "#compiler";
import type { Clock } from "../clock.ts";
import { announceDrains } from "../envoy/drains.ts";
import { createFlagKeeper } from "../envoy/runtime-flags.ts";
import type { Observed } from "../observe.ts";
import { createLastGoodKeeper } from "../quarantine/last-good.ts";
import { createQuarantine, type Quarantine } from "../quarantine/quarantine.ts";
import { createRefusedHere } from "../quarantine/refused-here.ts";
import { createPassingNotices } from "../report/passing-notices.ts";
import type { Timings } from "../report/timings.ts";
import type { ConsulWatch } from "../sources/consul.ts";
import type { WantedFiles } from "../sources/wanted-files.ts";
import type { State, StateFile } from "../state/file.ts";
import type { Refused } from "../xds/refusal.ts";
import type { XdsServer } from "../xds/server.ts";
import { type Heap, ownHeap } from "./heap.ts";
import { createLastListener, lastListenerMs } from "./last-listener.ts";
import { createMemoryGate } from "./memory-gate.ts";
import { createRelease } from "./release.ts";
import { openSchedule, type Schedule } from "./schedule.ts";

/** What the pipeline connects. */
export interface PipelineOptions {
  readonly compiler: Compiler;
  readonly xds: XdsServer;
  /** What an earlier process left. */
  readonly state: State;
  readonly stateFile: StateFile | undefined;
  readonly log: Log;
  /** Files that manifests name. */
  readonly wanted: Pick<WantedFiles, "edits">;
  /** Secrets that the configuration refers to. */
  readonly secrets: Pick<Observed, "wantSecrets">;
  /** Services in Consul. */
  readonly consul: Pick<ConsulWatch, "want">;
  readonly clock: Clock;
  /** The process's own when absent. */
  readonly heap?: Heap;
  /** Counted on. */
  readonly counts: PipelineCounts;
  readonly timings: Timings;
  /** Changes something in Envoy over its admin interface. */
  postToEnvoy(path: string): Promise<unknown>;
  diagnostics(): readonly Diagnostic[];
  /** Shows all diagnostics, some of which are new. */
  show(all: readonly Diagnostic[]): void;
}

/** The pipeline, from the outside. */
export interface Pipeline extends Schedule {
  /** Notices of what has just happened. */
  notices(): readonly Diagnostic[];
  /** Some diagnostics may have changed. */
  report(): void;
  /** An Envoy has connected. */
  connected(): void;
  refused(refused: Refused): void;
  converged(number: number): void;
  /** Resolves when it is known what is to blame for everything that Envoy has refused. */
  judged(): Promise<void>;
}

/** Figures for the metrics page. */
export interface PipelineCounts {
  commits: number;
  diagnostics: Record<Severity, number>;
  /** When Envoy acknowledged something new last, by performance.now(). */
  convergedAt: number;
}

/** Figures of a pipeline that has done nothing. */
export function createCounts(): PipelineCounts {
  return { commits: 0, diagnostics: { error: 0, warning: 0, notice: 0 }, convergedAt: performance.now() };
}

/** Envoy's own drain time: so long it is worth knowing that connections end. */
const drainMs = 600_000;

/** Connects everything; the state's last good versions and refusals are compiled with the first edits. */
export function openPipeline(options: PipelineOptions): Pipeline {
  const { compiler, xds, log, state, counts } = options;
  const refusedHere = createRefusedHere(xds);
  const lastGood = createLastGoodKeeper(compiler, Object.entries(state.lastGood));
  const quarantine: Quarantine = createQuarantine({
    compiler,
    log,
    recent: lastGood.recent,
    initial: Object.entries(state.refusals),
    trial: async (edits) => xds.whenAcknowledged(await schedule.push(edits)),
    refusal: refusedHere.current,
    pardon: refusedHere.pardon,
    onFound() {
      save();
      report();
    },
  });
  const save = createSaver(options, () => ({
    lastGood: Object.fromEntries(lastGood.kept),
    refusals: Object.fromEntries(quarantine.refusals),
  }));
  const release = createRelease(xds, ({ type, name }) => {
    // Content that Envoy refused before is not sent again when it comes back, so Envoy will not say it again.
    const known = refusedHere.current(type, name);
    if (known) quarantine.report(known);
  });

  const passing = createPassingNotices(options.clock, report);
  const lastListener = createLastListener({
    clock: options.clock,
    ours: () => compiler.declared.objects.listeners.keys(),
    push: (edits) => void schedule.push(edits),
    onKept: (notices) => passing.add(notices, lastListenerMs),
  });
  const flags = createFlagKeeper({ clock: options.clock, log, post: options.postToEnvoy });
  let edited: ResourceRef[] = [];
  let diagnosticsChanged = false;
  const gate = createMemoryGate({
    heap: options.heap ?? ownHeap,
    clock: options.clock,
    isIn: (key) => compiler.declared.inputs.objects.get(key) !== undefined,
    push: (edits) => void schedule.push(edits),
    onChange() {
      diagnosticsChanged = true;
    },
  });

  function report(): void {
    // While suspects are tried, diagnostics would blame the innocent.
    if (quarantine.busy) return;
    const start = performance.now();
    const all = options.diagnostics();
    options.timings.note("report", performance.now() - start);
    counts.diagnostics = { error: 0, warning: 0, notice: 0 };
    for (const { severity } of all) counts.diagnostics[severity]++;
    // Drains were logged when they began.
    options.show(all.filter(({ code }) => code !== "listener/drains"));
  }

  const schedule = openSchedule({
    compiler,
    timings: options.timings,
    prepare(arrived) {
      const edits = lastListener.prepare(arrived);
      // Not by push: a first batch may be larger than a call's arguments.
      edited = [...edited, ...edits.flatMap((edit) => (edit.kind === "object" && edit.value ? [edit.value.ref] : []))];
      return gate.admit([...edits, ...quarantine.release(edits), ...lastGood.before(edits)]);
    },
    release(changes, reached) {
      counts.commits++;
      const held = (name: string) => xds.snapshot.get("listener", name);
      const owners = (name: string) => compiler.owners("listener", name);
      if (xds.isOpen) passing.add(announceDrains(changes, { held, owners, edited, log }), drainMs);
      if (reached === "end") edited = [];
      return release(changes, reached);
    },
    files: () => options.wanted.edits(compiler.wantedFiles()),
    missing: () => options.secrets.wantSecrets(compiler.wantedSecrets()),
    settle(changed) {
      diagnosticsChanged ||= changed;
      const rest = gate.more();
      if (rest.length > 0) return rest;
      // Nothing reads what is over, so it need not be compiled before the next edits.
      compiler.apply(lastGood.after(xds.snapshot.number));
      const edits = quarantine.forgetGone();
      if (!quarantine.busy) save();
      if (diagnosticsChanged) report();
      diagnosticsChanged = false;
      options.consul.want(compiler.declared.upstreams.consulServices.entries());
      const wanted = compiler.declared.module.runtimeFlags.get("") ?? {};
      flags.want(wanted);
      xds.setFlags(wanted);
      return edits;
    },
  });
  compiler.apply(stateEdits(state));
  return {
    ...schedule,
    notices: () => [...passing.all(), ...gate.diagnostics()],
    connected: flags.connected,
    report,
    judged: quarantine.idle,
    refused(refused) {
      log("debug", "refused", { type: refused.type, name: refused.name, reason: refused.message });
      if (refusedHere.note(refused, log)) quarantine.report(refused);
    },
    converged(number) {
      counts.convergedAt = performance.now();
      if (!quarantine.busy) lastGood.forget(number);
    },
  };
}

function stateEdits({ lastGood, refusals }: State): CompilerEdit[] {
  return [
    ...Object.entries(lastGood).map(([key, value]) => ({ kind: "lastGood", key, value }) as const),
    ...Object.entries(refusals).map(([key, value]) => ({ kind: "refusal", key, value }) as const),
  ];
}

/** Writes the state when it differs from what was written last. */
function createSaver({ stateFile, state, log }: PipelineOptions, current: () => State): () => void {
  let saved = JSON.stringify(state);
  return () => {
    if (!stateFile) return;
    const now = current();
    const text = JSON.stringify(now);
    if (text === saved) return;
    saved = text;
    stateFile.write(now).catch((error: unknown) => {
      saved = "";
      log("error", "the state directory cannot be written", errorFields(error));
    });
  };
}
