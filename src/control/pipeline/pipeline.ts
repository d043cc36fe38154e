/**
 * What happens to an edit in control: compiled together with the version that it replaces, released to Envoy, judged
 * by it; and what follows from that: last good versions, quarantine, their file, the report.
 *
 *     push ─► schedule ─► prepare ─► compiler ─► release ─► Envoy ─► refused, converged
 *                ▲                                  │                     │
 *                └───────────── settle ◄────────────┘     trials ◄────────┘
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { CompilerEdit, ResourceChange } from "#compiler";
import { announceDrains } from "../envoy/drains.ts";
import { entriesOf } from "../state/entries.ts";
import type { Refused } from "../xds/refusal.ts";
import type { PipelineOptions } from "./options.ts";
import { createParts, type Parts } from "./parts.ts";
import type { Reached } from "./release.ts";
import { openSchedule, type Schedule } from "./schedule.ts";

export { createCounts, type PipelineCounts, type PipelineOptions } from "./options.ts";

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

/** Envoy's own drain time: so long it is worth knowing that connections end. */
const drainMs = 600_000;

/** Connects everything; the state's last good versions and refusals are compiled with the first edits. */
export function openPipeline(options: PipelineOptions): Pipeline {
  const { compiler, log } = options;
  const parts = createParts(options, { push: (edits) => schedule.push(edits), report: () => report(parts) });
  const schedule = openSchedule({
    compiler,
    timings: options.timings,
    prepare: (edits) => prepare(parts, edits),
    release: (changes, reached) => release(parts, changes, reached),
    files: () => options.wanted.edits(compiler.wantedFiles()),
    missing: () => options.secrets.wantSecrets(compiler.wantedSecrets()),
    settle: (diagnosticsChanged) => settle(parts, diagnosticsChanged),
  });
  compiler.apply(entriesOf(options.state));
  return {
    ...schedule,
    notices: () => [...parts.passing.all(), ...parts.gate.diagnostics()],
    connected: parts.flags.connected,
    report: () => report(parts),
    judged: parts.quarantine.idle,
    refused(refused) {
      log("debug", "refused", { type: refused.type, name: refused.name, reason: refused.message });
      if (parts.refusedHere.note(refused, log)) parts.quarantine.report(refused);
    },
    converged(number) {
      options.counts.convergedAt = performance.now();
      if (!parts.quarantine.busy) parts.lastGood.forget(number);
    },
  };
}

/** What is compiled for edits that have arrived. */
function prepare(parts: Parts, arrived: readonly CompilerEdit[]): readonly CompilerEdit[] {
  const { lastListener, gate, quarantine, lastGood } = parts;
  const edits = lastListener.prepare(arrived);
  // Before anything is served, no edit ends connections.
  for (const edit of parts.options.xds.isOpen ? edits : [])
    if (edit.kind === "object" && edit.value) parts.edited.push(edit.value.ref);
  return gate.admit([...edits, ...quarantine.release(edits), ...lastGood.before(edits)]);
}

/** Sends what may be sent, after saying what it ends. */
function release(parts: Parts, changes: readonly ResourceChange[], reached: Reached): number {
  const { options, edited, passing } = parts;
  const { compiler, xds, log, counts } = options;
  counts.commits++;
  const held = (name: string) => xds.snapshot.get("listener", name);
  const owners = (name: string) => compiler.owners("listener", name);
  if (xds.isOpen) passing.add(announceDrains(changes, { held, owners, edited, log }), drainMs);
  if (reached === "end") parts.edited = [];
  return parts.release(changes, reached);
}

/** What follows from a commit that is through: more edits, or the state written down and everything told. */
function settle(parts: Parts, diagnosticsChanged: boolean): readonly CompilerEdit[] {
  const { options, gate, lastGood, quarantine, flags } = parts;
  const { compiler, xds, consul } = options;
  parts.diagnosticsChanged ||= diagnosticsChanged;
  const rest = gate.more();
  if (rest.length > 0) return rest;
  // Nothing reads what is over, so it need not be compiled before the next edits.
  compiler.apply(lastGood.after(xds.snapshot.number));
  const edits = quarantine.forgetGone();
  if (!quarantine.busy) parts.save();
  if (parts.diagnosticsChanged) report(parts);
  parts.diagnosticsChanged = false;
  consul.want(compiler.declared.upstreams.consulServices.entries());
  const wanted = compiler.declared.module.runtimeFlags.get("") ?? {};
  flags.want(wanted);
  xds.setFlags(wanted);
  return edits;
}

function report({ options, quarantine }: Parts): void {
  // While suspects are tried, diagnostics would blame the innocent.
  if (quarantine.busy) return;
  const { counts, timings } = options;
  const start = performance.now();
  const all = options.diagnostics();
  timings.note("report", performance.now() - start);
  counts.diagnostics = { error: 0, warning: 0, notice: 0 };
  for (const { severity } of all) counts.diagnostics[severity]++;
  // Drains were logged when they began.
  options.show(all.filter(({ code }) => code !== "listener/drains"));
}
