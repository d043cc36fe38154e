/**
 * OBSERVE for a cluster: a reflector per kind, whose changes become edits. The first batch comes when every kind has
 * been listed, or is known not to be there or not to be permitted; from then on each change is passed on as it comes.
 * Writes that change nothing of a manifest (a status, a lease of somebody else's) give no edit.
 */
import type { ClusterObject } from "./object.ts";
import { watchedKinds } from "./resources.ts";
import { watchKind } from "./watch-kind.ts";
import type { WatchStatistics } from "./watch-statistics.ts";
import { type KubernetesBatch, type KubernetesOptions, openWatching } from "./watching.ts";

export type { KubernetesBatch, KubernetesOptions } from "./watching.ts";

/** A cluster that is being watched. */
export interface KubernetesWatcher {
  /** Objects as they were last seen, by the key of their edits. */
  readonly objects: ReadonlyMap<string, ClusterObject>;
  /** Tells which Secrets are referred to; see {@link SecretData}. */
  wantSecrets(keys: ReadonlySet<string>): Promise<void> | undefined;
  /** By the name of the resource. */
  statistics(): ReadonlyMap<string, WatchStatistics>;
  close(): Promise<void>;
  /** Resolves when closed; rejects when watching ended because of a bug. */
  readonly done: Promise<void>;
}

/** Starts watching. */
export function watchKubernetes(
  options: KubernetesOptions,
  onBatch: (batch: KubernetesBatch) => void,
): KubernetesWatcher {
  const stop = new AbortController();
  const watching = openWatching(options, onBatch, stop.signal);
  for (const kind of watchedKinds(options)) watchKind(watching, kind);
  const { objects, statistics, secrets, failed, running } = watching;
  return {
    objects,
    statistics: () => statistics.all,
    wantSecrets: secrets.want,
    done: failed.promise,
    async close() {
      stop.abort();
      await Promise.all(running);
      failed.resolve();
    },
  };
}
