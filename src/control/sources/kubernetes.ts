/**
 * OBSERVE for a cluster: a reflector per kind, whose changes become edits. The first batch comes when every kind has
 * been listed, or is known not to be there or not to be permitted; from then on each change is passed on as it comes.
 * Writes that change nothing of a manifest (a status, a lease of somebody else's) give no edit.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import type { Log } from "#base/log.ts";
import { isOwnService, type RawObject } from "#compiler";
import type { Client } from "../kube/client.ts";
import { type Change, keyOf } from "../kube/copy.ts";
import { reflect } from "../kube/reflector.ts";
import { resourceName } from "../kube/resource.ts";
import { createInstallations } from "./installations.ts";
import { type ClusterObject, keepObject } from "./kubernetes-object.ts";
import { type WatchedKind, watchedKinds } from "./kubernetes-resources.ts";
import { addressless, ownService } from "./own-service.ts";
import type { ReadProgress } from "./read-progress.ts";
import { createGathered, createOnce } from "./said-once.ts";
import { openSecretData, type SecretData } from "./secret-data.ts";
import { isFailure, isSettled, readsEndpoints, type States, stateDiagnostics } from "./watch-states.ts";
import { createWatchStatistics, type WatchStatistics } from "./watch-statistics.ts";

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
  /** Objects have changed, be it only in what the compiler does not look at. */
  readonly onSeen?: () => void;
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

interface DeliveryOptions {
  /** Whether everything has been listed, as far as it can be. */
  readonly isComplete: () => boolean;
  readonly onFirst: () => void;
  readonly pass: (edits: KubernetesBatch["edits"], diagnosticsChanged: boolean) => void;
}

/** Gathers what comes until everything is there, and passes it on from then on. */
function createDelivery({ isComplete, onFirst, pass }: DeliveryOptions) {
  let early: KubernetesBatch["edits"][number][] | undefined = [];
  return {
    get hasBegun() {
      return early === undefined;
    },
    add(edits: KubernetesBatch["edits"], diagnosticsChanged: boolean): void {
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

/** Starts watching. */
export function watchKubernetes(
  options: KubernetesOptions,
  onBatch: (batch: KubernetesBatch) => void,
): KubernetesWatcher {
  const stop = new AbortController();
  const objects = new Map<string, ClusterObject>();
  const states: States = new Map();
  const followed = new Set<WatchedKind>();
  const statistics = createWatchStatistics();
  const failed = Promise.withResolvers<void>();
  let waiting: readonly Diagnostic[] = [];
  const installations = createInstallations(options.log);
  const delivery = createDelivery({
    isComplete: () => [...states.values()].every(isSettled),
    onFirst: installations.begin,
    pass(edits, diagnosticsChanged) {
      const diagnostics = [...stateDiagnostics(states), ...waiting];
      onBatch({ edits, diagnostics, diagnosticsChanged, readsEndpoints: readsEndpoints(states, followed) });
    },
  });

  /** Whether something else is to be told of the gateway's own Service. */
  function lookAtOwnService(changes: readonly Change<ClusterObject>[]): boolean {
    const isOwn = (object: ClusterObject | undefined) => object && isOwnService(object.raw, options);
    if (!changes.some(({ before, after }) => isOwn(before) || isOwn(after))) return false;
    const told = waiting;
    waiting = addressless(ownService(objects.values(), options));
    return !equal(told, waiting);
  }

  const secrets = openSecretData({
    client: options.client,
    log: options.log,
    signal: stop.signal,
    onBug: failed.reject,
    onChange(changed) {
      const edits = changed.map(([name, object]) => {
        const key = `Secret./${name}`;
        objects.set(key, object);
        return { key, value: object.raw };
      });
      delivery.add(edits, false);
    },
  });

  const running: Promise<void>[] = [];
  const sayOnce = createOnce((message) => options.log("warning", `waiting for the API server: ${message}`));
  const sayForgotten = createGathered((names) =>
    options.log("info", `the API server has forgotten what happened to these, so they are listed anew: ${names}`),
  );

  function watch(kind: WatchedKind): void {
    if (states.has(kind)) return;
    states.set(kind, { kind: "starting" });
    const progress = kind.isReported ? options.progress : undefined;
    const name = resourceName(kind.resources[0]);
    progress?.nothing(name);
    const reflecting = reflect({
      client: options.client,
      resources: kind.resources,
      namespace: namespaceOf(kind, options),
      labelSelector: allOf(kind.labelSelector, options.labelSelector),
      fieldSelector: fieldSelectorOf(kind, options),
      keep(object, resource) {
        const kept = keepObject(object, resource);
        return isSecret(kind) ? secrets.keep(keyOf(object), kept) : kept;
      },
      onChanges(changes) {
        statistics.count(name, { changes: changes.length });
        const edits = take(changes, kind, objects, secrets);
        if (edits.length > 0) progress?.edited();
        delivery.add(edits, lookAtOwnService(changes));
        if (changes.length > 0) options.onSeen?.();
      },
      onVersion: (version) => progress?.upTo(name, version),
      onState(state) {
        // A server that is away is tried often, which is no news.
        const isNew = !equal(states.get(kind), state);
        const failures = isFailure(states.get(kind), state) ? 1 : 0;
        statistics.count(name, { isFollowing: state.kind === "following", failures });
        states.set(kind, state);
        if (state.kind === "following") followed.add(kind);
        installations.note(name, state);
        if (state.kind === "absent") progress?.nothing(name);
        if (!delivery.hasBegun && state.kind === "failing") sayOnce(state.message);
        if (kind.instead && (state.kind === "absent" || state.kind === "forbidden")) watch(kind.instead);
        delivery.add([], isNew);
      },
      onForgotten: () => sayForgotten(name),
      signal: stop.signal,
    });
    reflecting.catch(failed.reject);
    running.push(reflecting);
  }

  for (const kind of watchedKinds(options)) watch(kind);
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

function namespaceOf({ scope }: WatchedKind, options: KubernetesOptions): string | undefined {
  const { namespace, singleNamespace = false, certsSingleNamespace = false } = options;
  const own = singleNamespace || scope === "own" || (scope === "secret" && certsSingleNamespace);
  return own ? namespace : undefined;
}

function fieldSelectorOf(kind: WatchedKind, options: KubernetesOptions): string | undefined {
  // Objects that belong to no namespace have no field with its name, and of ConfigMaps only our own count.
  const asked = kind.scope === "own" || kind.scope === "cluster" ? undefined : options.fieldSelector;
  return allOf(kind.fieldSelector, asked);
}

function allOf(...selectors: readonly (string | undefined)[]): string | undefined {
  const all = selectors.filter((selector) => selector !== undefined);
  return all.length === 0 ? undefined : all.join(",");
}

const isSecret = ({ scope }: WatchedKind): boolean => scope === "secret";

function take(
  changes: readonly Change<ClusterObject>[],
  watched: WatchedKind,
  objects: Map<string, ClusterObject>,
  secrets: SecretData,
): KubernetesBatch["edits"] {
  const { group, kind } = watched.resources[0];
  return changes.flatMap((change) => {
    const key = `${kind}.${group}/${change.key}`;
    if (change.after === undefined) {
      objects.delete(key);
      if (isSecret(watched)) secrets.gone(change.key);
      return [{ key }];
    }
    const before = objects.get(key);
    const after = isSecret(watched) ? secrets.arrived(change.key, change.after) : change.after;
    if (after === undefined) return [];
    const isSame = equal(before?.raw, after.raw);
    objects.set(key, isSame ? since(before, after) : after);
    return isSame ? [] : [{ key, value: after.raw }];
  });
}

/** An object whose manifest has not changed; one that was made again was away in between. */
function since(before: ClusterObject | undefined, after: ClusterObject): ClusterObject {
  return before?.uid === after.uid ? { ...after, manifestVersion: before.manifestVersion } : after;
}
