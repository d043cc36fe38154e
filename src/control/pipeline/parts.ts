/**
 * The parts of a pipeline, made for each other: each is told what it needs and knows none of the others.
 */
import type { ResourceRef } from "#base/origin.ts";
import type { CompilerEdit } from "#compiler";
import { createFlagKeeper, type FlagKeeper } from "../envoy/runtime-flags.ts";
import { createLastGoodKeeper, type LastGoodKeeper } from "../quarantine/last-good.ts";
import { createQuarantine, type Quarantine } from "../quarantine/quarantine.ts";
import { createRefusedHere, type RefusedHere } from "../quarantine/refused-here.ts";
import { createPassingNotices, type PassingNotices } from "../report/passing-notices.ts";
import { createSaver } from "../state/saver.ts";
import { ownHeap } from "./heap.ts";
import { createLastListener, type LastListener, lastListenerMs } from "./last-listener.ts";
import { createMemoryGate, type MemoryGate } from "./memory-gate.ts";
import type { PipelineOptions } from "./options.ts";
import { createRelease, type Release } from "./release.ts";

/** The parts, and what is remembered from one stage of a commit to the next. */
export interface Parts {
  readonly options: PipelineOptions;
  readonly lastListener: LastListener;
  readonly gate: MemoryGate;
  readonly release: Release;
  readonly refusedHere: RefusedHere;
  readonly quarantine: Quarantine;
  readonly lastGood: LastGoodKeeper;
  readonly flags: FlagKeeper;
  readonly passing: PassingNotices;
  /** Writes down what must outlive the process. */
  readonly save: () => void;
  /** Objects that were edited since the last commit that came to its end. */
  edited: ResourceRef[];
  /** Since the last report. */
  diagnosticsChanged: boolean;
}

/** Where a part's own edits go, and who reports what it has found. */
export interface Ways {
  push(edits: readonly CompilerEdit[]): Promise<number>;
  report(): void;
}

/** Makes them; nothing is compiled yet. */
export function createParts(options: PipelineOptions, { push, report }: Ways): Parts {
  const { compiler, xds, log, state, clock } = options;
  const refusedHere = createRefusedHere(xds);
  const lastGood = createLastGoodKeeper(compiler, Object.entries(state.lastGood));
  const passing = createPassingNotices(clock, report);
  const quarantine: Quarantine = createQuarantine({
    compiler,
    log,
    recent: lastGood.recent,
    initial: Object.entries(state.refusals),
    trial: async (edits) => xds.whenAcknowledged(await push(edits)),
    refusal: refusedHere.current,
    pardon: refusedHere.pardon,
    onFound() {
      parts.save();
      report();
    },
  });
  const parts: Parts = {
    options,
    refusedHere,
    lastGood,
    passing,
    quarantine,
    lastListener: createLastListener({
      clock,
      ours: () => compiler.declared.objects.listeners.keys(),
      push: (edits) => void push(edits),
      onKept: (notices) => passing.add(notices, lastListenerMs),
    }),
    gate: createMemoryGate({
      heap: options.heap ?? ownHeap,
      clock,
      isIn: (key) => compiler.declared.inputs.objects.get(key) !== undefined,
      push: (edits) => void push(edits),
      onChange() {
        parts.diagnosticsChanged = true;
      },
    }),
    release: createRelease(xds, ({ type, name }) => {
      // Content that Envoy refused before is not sent again when it comes back, so Envoy will not say it again.
      const known = refusedHere.current(type, name);
      if (known) quarantine.report(known);
    }),
    flags: createFlagKeeper({ clock, log, post: options.postToEnvoy }),
    save: createSaver(options, () => ({
      lastGood: Object.fromEntries(lastGood.kept),
      refusals: Object.fromEntries(quarantine.refusals),
    })),
    edited: [],
    diagnosticsChanged: false,
  };
  return parts;
}
