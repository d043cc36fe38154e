/**
 * What this replica's Envoy has acknowledged of a cluster: everything up to a version of each resource.
 */
import { beforeAll } from "../kube/resource-version.ts";
import type { Reached, ReadProgress } from "../sources/read-progress.ts";

/** What is acknowledged so far. */
export interface Acknowledged {
  now(): Reached;
  /** Whether Envoy has acknowledged anything yet. */
  readonly hasBegun: boolean;
  /** Resolves when all that was read before the call is acknowledged, which takes as long as Envoy does. */
  refresh(): Promise<void>;
}

/** `settled` resolves when all that has been read is compiled, and Envoy has taken it or it is known what it refuses. */
export function createAcknowledged(progress: ReadProgress, settled: () => Promise<void>): Acknowledged {
  let reached: Reached | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    const read = progress.now();
    await settled();
    reached = read;
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
    now: () => reached ?? { versions: new Map([...progress.now().versions.keys()].map(before)), edits: 0 },
    get hasBegun() {
      return reached !== undefined;
    },
    refresh,
  };
}

function before(resource: string): readonly [string, string] {
  return [resource, beforeAll];
}
