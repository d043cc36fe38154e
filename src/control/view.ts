/** What others may look at while control runs, also at a start, when not every part is there yet. */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import type { Compiler, Settings } from "#compiler";
import type { Observed } from "./observe.ts";
import type { Pipeline } from "./pipeline/pipeline.ts";
import type { WantedFiles } from "./sources/files/wanted-files.ts";
import type { XdsServer } from "./xds/server.ts";

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

/** The parts that a start has come to: probes are answered before, and ask which are there. */
export interface Reached {
  observed?: Observed;
  wanted?: WantedFiles;
  pipeline?: Pipeline;
  /** What a cluster's id is made of, where there is a cluster. */
  namespaceUid?: () => string | undefined;
  /** Envoy has acknowledged everything that there was at the start. */
  served: boolean;
  /** Resolves when there is a pipeline. */
  readonly whenPipeline: Promise<Pipeline>;
  /** There is a pipeline. */
  hasPipeline(pipeline: Pipeline): void;
}

/** A start that has reached nothing. */
export function createReached(): Reached {
  const { promise, resolve } = Promise.withResolvers<Pipeline>();
  const reached: Reached = {
    served: false,
    whenPipeline: promise,
    hasPipeline(pipeline) {
      reached.pipeline = pipeline;
      resolve(pipeline);
    },
  };
  return reached;
}

/** The view of what is reached at each moment. */
export function createView(parts: Pick<ControlView, "compiler" | "xds" | "settings">, reached: Reached): ControlView {
  const { compiler, xds } = parts;
  return {
    ...parts,
    locate: (origin) => reached.observed?.locate(origin),
    diagnostics: () => [
      ...(reached.observed?.diagnostics() ?? []),
      ...compiler.diagnostics(),
      ...(reached.pipeline?.notices() ?? []),
    ],
    async served() {
      const pipeline = await reached.whenPipeline;
      return xds.whenAcknowledged(await pipeline.idle());
    },
    async rescan() {
      reached.wanted?.rescan();
      await reached.observed?.rescan();
    },
  };
}
