/**
 * OBSERVE: what is known of a cluster while it is watched. What comes is gathered until every kind has been listed, or
 * is known not to be there or not to be permitted, and is passed on as it comes from then on.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import type { RawObject } from "#compiler";
import type { Client } from "../../kube/client.ts";
import { createInstallations, type Installations } from "./installations.ts";
import type { ClusterObject } from "./object.ts";
import type { ReadProgress } from "./read-progress.ts";
import type { WatchedKind } from "./resources.ts";
import { createGathered, createOnce } from "./said-once.ts";
import { openSecretData, type SecretData } from "./secret-data.ts";
import { isSettled, readsEndpoints, type States, stateDiagnostics } from "./watch-states.ts";
import { createWatchStatistics } from "./watch-statistics.ts";

/** What to watch. */
export interface KubernetesOptions {
  readonly client: Client;
  /** The instance's own namespace. */
  readonly namespace: string;
  /** The name of its own Service, if the operator says one. */
  readonly ownService?: string;
  /** Only its own namespace's objects, or Secrets. */
  readonly singleNamespace?: boolean;
  readonly certsSingleNamespace?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly knative?: boolean;
  /** These objects, by the key of their edits, have changed, be it only in what the compiler does not look at. */
  readonly onSeen?: (keys: Iterable<string>) => void;
  /** Told how far reported kinds have been read. */
  readonly progress?: ReadProgress;
  /** Told what the first batch waits for. */
  readonly log: Log;
}

/** What changed. The first batch holds everything. */
export interface KubernetesBatch {
  readonly edits: readonly { readonly key: string; readonly value?: RawObject }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticsChanged: boolean;
  /** Whether endpoints can be read; if not, Services are reached by their cluster addresses. */
  readonly readsEndpoints: boolean;
}

/** What is known of a cluster, and where what comes of it goes. */
export interface Watching {
  readonly options: KubernetesOptions;
  readonly signal: AbortSignal;
  /** Objects as they were last seen, by the key of their edits. */
  readonly objects: Map<string, ClusterObject>;
  readonly secrets: SecretData;
  readonly states: States;
  /** Kinds that have been listed at least once. */
  readonly followed: Set<WatchedKind>;
  readonly statistics: ReturnType<typeof createWatchStatistics>;
  readonly installations: Installations;
  readonly delivery: Delivery;
  /** What the first batch waits for. */
  readonly sayOnce: (message: string) => void;
  /** A kind is listed anew. */
  readonly sayForgotten: (name: string) => void;
  /** Rejects because of a bug. */
  readonly failed: PromiseWithResolvers<void>;
  /** The reflectors. */
  readonly running: Promise<void>[];
  /** What is missing of the gateway's own Service. */
  ofOwnService: readonly Diagnostic[];
}

/** Nothing is asked yet. */
export function openWatching(
  options: KubernetesOptions,
  onBatch: (batch: KubernetesBatch) => void,
  signal: AbortSignal,
): Watching {
  const { client, log } = options;
  const objects = new Map<string, ClusterObject>();
  const states: States = new Map();
  const followed = new Set<WatchedKind>();
  const installations = createInstallations(log);
  const failed = Promise.withResolvers<void>();
  const delivery = createDelivery({
    isComplete: () => [...states.values()].every(isSettled),
    onFirst: installations.begin,
    pass(edits, diagnosticsChanged) {
      const diagnostics = [...stateDiagnostics(states), ...watching.ofOwnService];
      onBatch({ edits, diagnostics, diagnosticsChanged, readsEndpoints: readsEndpoints(states, followed) });
    },
  });
  const watching: Watching = {
    options,
    signal,
    objects,
    secrets: openSecretData({
      client,
      log,
      signal,
      onBug: failed.reject,
      onChange(changed) {
        const fetched = changed.map(([name, object]) => [`Secret./${name}`, object] as const);
        for (const [key, object] of fetched) objects.set(key, object);
        delivery.add(
          fetched.map(([key, { raw }]) => ({ key, value: raw })),
          false,
        );
      },
    }),
    states,
    followed,
    statistics: createWatchStatistics(),
    installations,
    delivery,
    sayOnce: createOnce((message) => log("warning", `waiting for the API server: ${message}`)),
    sayForgotten: createGathered((names) =>
      log("info", `the API server has forgotten what happened to these, so they are listed anew: ${names}`),
    ),
    failed,
    running: [],
    ofOwnService: [],
  };
  return watching;
}

/** Where edits go. */
export interface Delivery {
  /** The first batch has gone. */
  readonly hasBegun: boolean;
  add(edits: KubernetesBatch["edits"], diagnosticsChanged: boolean): void;
}

interface DeliveryOptions {
  /** Whether everything has been listed, as far as it can be. */
  readonly isComplete: () => boolean;
  readonly onFirst: () => void;
  readonly pass: (edits: KubernetesBatch["edits"], diagnosticsChanged: boolean) => void;
}

/** Gathers what comes until everything is there, and passes it on from then on. */
function createDelivery({ isComplete, onFirst, pass }: DeliveryOptions): Delivery {
  let early: KubernetesBatch["edits"][number][] | undefined = [];
  return {
    get hasBegun() {
      return early === undefined;
    },
    add(edits, diagnosticsChanged) {
      if (!early) {
        if (edits.length > 0 || diagnosticsChanged) pass(edits, diagnosticsChanged);
        return;
      }
      for (const edit of edits) early.push(edit);
      if (!isComplete()) return;
      const all = early;
      early = undefined;
      onFirst();
      pass(all, true);
    },
  };
}
