/**
 * A replica says how it is, in a ConfigMap of its own: soon after something has changed, and every now and then, so
 * that the leader sees that it lives. Nothing waits for it, and an API server that is away costs it nothing.
 */
import { createBackOff } from "#base/back-off.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure } from "../kube/failure.ts";
import { isOutside } from "../kube/outside.ts";
import { pauseUnlessAborted, pauseUntil } from "../kube/pause.ts";
import { objectPath } from "../kube/resource.ts";
import type { Acknowledged } from "./acknowledged.ts";
import { type ReplicaIdentity, type ReplicaPlace, recordName, recordObject, records } from "./place.ts";
import { writeRecord } from "./record.ts";

/** Who publishes what. */
export interface PublisherOptions {
  readonly client: Client;
  readonly place: ReplicaPlace;
  readonly replica: ReplicaIdentity;
  readonly acknowledged: Acknowledged;
  readonly log: Log;
  readonly times?: Partial<PublishTimes>;
}

/** In ms. */
export interface PublishTimes {
  /** Between two writes at least. */
  readonly leastMs: number;
  /** Replicas see a change at the same time, and write at different ones within this. */
  readonly spreadMs: number;
  /** Between two writes when nothing changes. */
  readonly renewMs: number;
  /** For how long one that does not write counts as alive: some writes may fail. */
  readonly believedMs: number;
}

/** Publishes. */
export interface Publisher {
  /** Something may have changed. */
  wake(): void;
  /** Publishes until the signal, and then takes the record away; rejects only because of a bug. */
  run(signal: AbortSignal): Promise<void>;
}

/** As nodes do, of which a cluster has more than replicas. */
const defaultTimes: PublishTimes = { leastMs: 3000, spreadMs: 1000, renewMs: 10_000, believedMs: 30_000 };
/** An Envoy that does not answer must not keep the replica from saying that it lives. */
const envoyMs = 5000;
const answerMs = 10_000;
const farewellMs = 2000;
/** A server that starts permits nothing for a moment, which nobody needs to hear of. */
const toldAfter = 3;

/** Opens a publisher; nothing is written before Envoy has acknowledged something. */
export function openPublisher(options: PublisherOptions): Publisher {
  const { client, place, replica, acknowledged } = options;
  const times = { ...defaultTimes, ...options.times };
  const path = objectPath(records, { namespace: place.namespace, name: recordName(replica.name) });
  const judge = judgement(options.log);
  let woken = Promise.withResolvers<void>();
  let written: { readonly content: string; readonly at: number } | undefined;
  let isBehind = false;

  async function refresh(signal: AbortSignal): Promise<void> {
    isBehind = true;
    const done = acknowledged.refresh().then(() => {
      isBehind = false;
    });
    await pauseUntil(done, envoyMs, signal);
  }

  /** Writes what is new, or that nothing is when that was not said lately. */
  async function write(signal: AbortSignal): Promise<void> {
    const { versions, edits, refusals } = acknowledged.now();
    const content = JSON.stringify([edits, refusals]);
    const isLate = written === undefined || performance.now() - written.at >= times.renewMs / 2;
    if (content === written?.content && !isLate) return;
    const seconds = Math.ceil(times.believedMs / 1000);
    const data = writeRecord({ seconds, acknowledged: versions, refusals }, new Date().toISOString());
    await client.ask({
      method: "PATCH",
      path,
      query: { fieldManager: "dragoman", force: true },
      contentType: "application/apply-patch+yaml",
      body: recordObject(place, replica, data),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    written = { content, at: performance.now() };
  }

  async function round(signal: AbortSignal): Promise<void> {
    const renewal = isBehind ? times.leastMs : times.renewMs * (0.9 + Math.random() / 5);
    await pauseUntil(woken.promise, renewal, signal);
    woken = Promise.withResolvers();
    const sinceLast = performance.now() - (written?.at ?? Number.NEGATIVE_INFINITY);
    await pauseUnlessAborted(Math.max(0, times.leastMs - sinceLast) + Math.random() * times.spreadMs, signal);
    await refresh(signal);
    if (signal.aborted || !acknowledged.hasBegun) return;
    const delay = await write(signal).then(
      () => judge(undefined),
      (error: unknown) => (signal.aborted ? 0 : judge(error)),
    );
    await pauseUnlessAborted(delay, signal);
  }

  return {
    wake: () => woken.resolve(),
    async run(signal) {
      woken.resolve();
      while (!signal.aborted) await round(signal);
      if (written) await withdraw(client, path);
    },
  };
}

/** What an attempt means: how long to leave the server alone, in ms. A failure that lasts is told once. */
function judgement(log: Log): (failure: unknown) => number {
  const limits = { shortestMs: 1000, longestMs: 60_000, healthyMs: 1 };
  let backOff = createBackOff(limits, Math.random);
  let failures = 0;
  return (failure) => {
    if (failure === undefined) {
      backOff = createBackOff(limits, Math.random);
      failures = 0;
      return 0;
    }
    if (!isOutside(failure)) throw failure;
    const { status = 0, retryAfterMs = 0 } = failure instanceof ApiFailure ? failure : {};
    const what = "how this replica is cannot be told to others, and statuses do not depend on it";
    if (status > 0 && ++failures === toldAfter) log(status === 403 ? "info" : "warning", what, errorFields(failure));
    return Math.max(retryAfterMs, backOff.next(0));
  };
}

/** Nobody has to wait until it has been silent for long enough; where that fails, they do. */
async function withdraw(client: Client, path: string): Promise<void> {
  try {
    await client.ask({ method: "DELETE", path, signal: AbortSignal.timeout(farewellMs) });
  } catch (error) {
    if (!isOutside(error)) throw error;
  }
}
