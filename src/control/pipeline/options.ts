/** What a pipeline connects, and the figures that it keeps. */
import type { Diagnostic, Severity } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import type { Compiler } from "#compiler";
import type { Clock } from "../clock.ts";
import type { Observed } from "../observe.ts";
import type { Timings } from "../report/timings.ts";
import type { ConsulWatch } from "../sources/consul/consul.ts";
import type { WantedFiles } from "../sources/files/wanted-files.ts";
import type { State, StateFile } from "../state/file.ts";
import type { XdsServer } from "../xds/server.ts";
import type { Heap } from "./heap.ts";

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
