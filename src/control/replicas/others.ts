/**
 * What the leader sees of all replicas: their records, and who of them lives. One lives for as long as its record says
 * after it was last seen to change, by our own clock. What has been silent for long is cleared away.
 */

import { equal } from "#base/equal.ts";
import { type Fields, fieldsOf, text } from "#base/fields.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { Client } from "../kube/client.ts";
import type { Change } from "../kube/copy.ts";
import { ApiFailure } from "../kube/failure.ts";
import { isOutside } from "../kube/outside.ts";
import { pauseUnlessAborted } from "../kube/pause.ts";
import { reflect } from "../kube/reflector.ts";
import { objectPath } from "../kube/resource.ts";
import type { Replica } from "./fold.ts";
import { type ReplicaPlace, recordName, recordSelector, records, replicaOf } from "./place.ts";
import { type ReplicaRecord, readRecord } from "./record.ts";

/** Whose replicas. */
export interface OthersOptions {
  readonly client: Client;
  readonly place: ReplicaPlace;
  /** Who is left out: whoever asks. */
  readonly self: string;
  /** A replica has come, gone, or refuses something else; or it has written and is as it was, or further. */
  readonly onChange: (isAsBefore: boolean) => void;
  readonly log: Log;
  readonly times?: Partial<OthersTimes>;
}

/** In ms. */
export interface OthersTimes {
  /** After which a record that has not changed is deleted. */
  readonly silentMs: number;
  readonly sweepMs: number;
}

/** All replicas but one. */
export interface Others {
  /** Follows them until the signal; rejects only because of a bug. */
  follow(signal: AbortSignal): Promise<void>;
  /** Resolves when they are known, or when it is known that they cannot be. */
  readonly known: Promise<void>;
  live(): readonly Replica[];
}

const defaultTimes: OthersTimes = { silentMs: 600_000, sweepMs: 60_000 };

/** A ConfigMap of some replica. */
interface Seen {
  readonly name: string;
  readonly object: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly record: ReplicaRecord | undefined;
}

/** Nobody is known yet. */
export function openOthers(options: OthersOptions): Others {
  const { client, place, onChange, log } = options;
  const own = recordName(options.self);
  const { silentMs, sweepMs } = { ...defaultTimes, ...options.times };
  const seen = new Map<string, Seen & { readonly at: number }>();
  const known = Promise.withResolvers<void>();
  let told = false;

  function take({ key, after }: Change<Seen>, now: number): void {
    const before = seen.get(key);
    if (after?.resourceVersion === before?.resourceVersion) return;
    if (after) seen.set(key, { ...after, at: now });
    else seen.delete(key);
    const [was, is] = [before?.record, after?.record];
    onChange(!was === !is && equal(was?.refusals, is?.refusals));
  }

  /** Deletes it as it was seen, so that one that has just been written stays. */
  async function clear({ object: name, uid, resourceVersion }: Seen, signal: AbortSignal): Promise<void> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
    try {
      const path = objectPath(records, { namespace: place.namespace, name });
      await client.ask({ method: "DELETE", path, body, signal });
    } catch (error) {
      if (signal.aborted) return;
      if (!isOutside(error)) throw error;
      if (error instanceof ApiFailure && [404, 409].includes(error.status)) return;
      log("info", `${name}, which nobody renews, cannot be deleted`, errorFields(error));
    }
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pauseUnlessAborted(sweepMs, signal);
      const before = performance.now() - silentMs;
      for (const one of seen.values()) if (one.at < before && !signal.aborted) await clear(one, signal);
    }
  }

  return {
    known: known.promise,
    live() {
      const now = performance.now();
      return [...seen.values()].flatMap(({ name, object, record, at }) =>
        record && object !== own && now - at < record.seconds * 1000 ? [{ name, ...record }] : [],
      );
    },
    async follow(signal) {
      const following = reflect({
        client,
        resources: [records],
        namespace: place.namespace,
        labelSelector: recordSelector(place),
        keep,
        onChanges(changes) {
          const now = performance.now();
          for (const change of changes) take(change, now);
        },
        onState(state) {
          if (state.kind !== "failing") known.resolve();
          if (state.kind === "forbidden" && !told)
            log("info", `statuses tell how this replica is, and not how others are: ${state.message}`);
          told ||= state.kind === "forbidden";
        },
        signal,
      });
      await Promise.all([following, sweep(signal)]);
    },
  };
}

function keep(object: Fields): Seen {
  const metadata = fieldsOf(object["metadata"]);
  return {
    name: replicaOf(object),
    object: text(metadata, "name") ?? "",
    uid: text(metadata, "uid") ?? "",
    resourceVersion: text(metadata, "resourceVersion") ?? "",
    record: readRecord(object["data"]),
  };
}
