/**
 * What must outlive the process, kept in the cluster: one entry for each object in ConfigMaps, and those of Secrets
 * in Secrets. The leader writes; all read before they serve, so that a new replica goes on with the same last good
 * versions.
 */
import { type BackOff, createBackOff } from "#base/back-off.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure, isPassing } from "../kube/failure.ts";
import { instanceName } from "../kube/instance-name.ts";
import { isOutside } from "../kube/outside.ts";
import { configMaps, secrets } from "../kube/resource.ts";
import { readTexts, type StateObjects, writeTexts } from "./cluster-objects.ts";
import { entriesOf, entryIn, isSecret, stateOf, textsOf } from "./entries.ts";
import type { State, StateFile } from "./file.ts";

/** The state, which is written while this replica leads. */
export interface ClusterState extends StateFile {
  /** Writes what there is and what comes, until the signal. */
  lead(signal: AbortSignal): Promise<void>;
}

/** Whose state it is, and until when it is asked for. */
export interface ClusterStateOptions {
  readonly client: Pick<Client, "ask">;
  /** The instance's own. */
  readonly namespace: string;
  readonly ambassadorId: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const retries = { shortestMs: 5_000, longestMs: 60_000, healthyMs: Number.POSITIVE_INFINITY };

/** What is to be written, and how that stands. */
interface Writing {
  readonly objects: StateObjects;
  readonly log: Log;
  /** What nobody has begun to write yet. */
  newest: State | undefined;
  leading: AbortSignal | undefined;
  running: Promise<void> | undefined;
  backOff: BackOff;
  willTryAgain: boolean;
}

/** The state of an instance, in its own namespace. */
export function openClusterState(options: ClusterStateOptions): ClusterState {
  const { client, namespace, ambassadorId, log, signal } = options;
  const objects = { client, namespace, instance: instanceName(ambassadorId), stored: new Map() };
  const writing: Writing = {
    objects,
    log,
    newest: undefined,
    leading: undefined,
    running: undefined,
    backOff: createBackOff(retries, Math.random),
    willTryAgain: false,
  };
  return {
    read: (say) => readState(objects, say, log, signal),
    write(state) {
      writing.newest = state;
      return flush(writing);
    },
    async lead(signal) {
      writing.leading = signal;
      await flush(writing);
    },
  };
}

/** Reads it, for as long as that takes; where it may not be read there is none, and `say` is told. */
async function readState(
  objects: StateObjects,
  say: (message: string) => void,
  log: Log,
  signal: AbortSignal,
): Promise<State> {
  for (;;) {
    try {
      const texts = [...(await readTexts(objects, configMaps, signal)), ...(await readTexts(objects, secrets, signal))];
      return stateOf(texts.flatMap(entryIn));
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 403) {
        say(`last good versions live as long as this process: ${error.message}`);
        return stateOf([]);
      }
      // Whoever serves without them could take from traffic what it has.
      if (!isPassing(error)) throw error;
      log("warning", "waiting for the API server", errorFields(error));
    }
  }
}

/** Never rejects because of the server: what could not be written is tried again with what comes next. */
function flush(writing: Writing): Promise<void> {
  const { leading: signal, newest: state, log } = writing;
  if (!signal || signal.aborted || writing.running) return writing.running ?? Promise.resolve();
  writing.running = writeAll(writing, signal)
    .catch((error: unknown) => {
      if (signal.aborted) return;
      if (!isOutside(error)) throw error;
      writing.newest ??= state;
      log("warning", "last good versions cannot be stored in the cluster", errorFields(error));
      if (!(error instanceof ApiFailure && error.status === 403)) tryAgain(writing);
    })
    .finally(() => {
      writing.running = undefined;
    });
  return writing.running;
}

async function writeAll(writing: Writing, signal: AbortSignal): Promise<void> {
  while (writing.newest && !signal.aborted) {
    const entries = entriesOf(writing.newest);
    writing.newest = undefined;
    await writeTexts(writing.objects, secrets, textsOf(entries.filter(isSecret)), signal);
    await writeTexts(writing.objects, configMaps, textsOf(entries.filter((entry) => !isSecret(entry))), signal);
  }
  writing.backOff = createBackOff(retries, Math.random);
}

/** One at a time, however often it fails; what comes in between is tried at once. */
function tryAgain(writing: Writing): void {
  if (writing.willTryAgain) return;
  writing.willTryAgain = true;
  const again = (): void => {
    writing.willTryAgain = false;
    flush(writing).catch((error: unknown) =>
      writing.log("error", "last good versions cannot be stored in the cluster, because of a bug", errorFields(error)),
    );
  };
  setTimeout(again, writing.backOff.next(0)).unref();
}
