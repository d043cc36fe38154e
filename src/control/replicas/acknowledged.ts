/**
 * What this replica's Envoy has answered of a cluster: it has acknowledged everything up to a version of each resource,
 * but for what it refuses.
 */
import { beforeAll } from "../kube/resource-version.ts";
import type { Reached, ReadProgress } from "../sources/kubernetes/read-progress.ts";
import type { ReplicaRefusal } from "./record.ts";

/** What was so at the moment of an answer. */
export interface Answered extends Reached {
  readonly refusals: readonly ReplicaRefusal[];
}

/** What is acknowledged so far. */
export interface Acknowledged {
  now(): Answered;
  /** Whether Envoy has acknowledged anything yet. */
  readonly hasBegun: boolean;
  /** Resolves when all that was read before the call is acknowledged, which takes as long as Envoy does. */
  refresh(): Promise<void>;
}

/** What it is found out from. */
export interface AcknowledgedOptions {
  readonly progress: ReadProgress;
  /** Resolves when all that has been read is compiled, and Envoy has taken it or it is known what it refuses. */
  settled(): Promise<void>;
  /** What it refuses, as far as that is known. */
  refusals(): readonly ReplicaRefusal[];
}

/** Nothing is acknowledged yet. */
export function createAcknowledged({ progress, settled, refusals }: AcknowledgedOptions): Acknowledged {
  let reached: Answered | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    const read = progress.now();
    await settled();
    reached = { ...read, refusals: refusals() };
  }

  /** At most one waits for Envoy, and one for the other: an Envoy that is away for long costs no more. */
  function refresh(): Promise<void> {
    if (running) {
      next ??= running.then(() => {
        next = undefined;
        return refresh();
      });
      return next;
    }
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    now: () => reached ?? nothing(progress),
    get hasBegun() {
      return reached !== undefined;
    },
    refresh,
  };
}

function nothing(progress: ReadProgress): Answered {
  const resources = [...progress.now().versions.keys()];
  return { versions: new Map(resources.map((resource) => [resource, beforeAll])), edits: 0, refusals: [] };
}
