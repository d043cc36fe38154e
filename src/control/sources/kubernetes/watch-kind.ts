/**
 * OBSERVE for one kind of a cluster: a reflector, whose changes become edits, and whose state decides what else is
 * watched and what people are told. Writes that change nothing of a manifest give no edit.
 */
import { equal } from "#base/equal.ts";
import { intern } from "#base/intern.ts";
import { isOwnService } from "#compiler";
import { type Change, keyOf } from "../../kube/copy.ts";
import { type ReflectorState, reflect } from "../../kube/reflector.ts";
import { resourceName } from "../../kube/resource.ts";
import { type ClusterObject, keepObject } from "./object.ts";
import { addressless, ownService } from "./own-service.ts";
import type { WatchedKind } from "./resources.ts";
import { isFailure } from "./watch-states.ts";
import type { KubernetesBatch, KubernetesOptions, Watching } from "./watching.ts";

/** Watches a kind until the signal, if it is not watched yet. */
export function watchKind(watching: Watching, kind: WatchedKind): void {
  const { options, states, secrets, signal } = watching;
  if (states.has(kind)) return;
  states.set(kind, { kind: "starting" });
  const name = resourceName(kind.resources[0]);
  const progress = kind.isReported ? options.progress : undefined;
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
    onChanges: (changes) => noteChanges(watching, kind, changes),
    onVersion: (version) => progress?.upTo(name, version),
    onState: (state) => noteState(watching, kind, state),
    onForgotten: () => watching.sayForgotten(name),
    signal,
  });
  reflecting.catch(watching.failed.reject);
  watching.running.push(reflecting);
}

function noteChanges(watching: Watching, kind: WatchedKind, changes: readonly Change<ClusterObject>[]): void {
  const { options, statistics, delivery } = watching;
  statistics.count(resourceName(kind.resources[0]), { changes: changes.length });
  const edits = editsOf(watching, kind, changes);
  if (kind.isReported && edits.length > 0) options.progress?.edited();
  delivery.add(edits, lookAtOwnService(watching, changes));
  if (changes.length > 0) options.onSeen?.(changes.map((change) => keyOfEdit(kind, change.key)));
}

function noteState(watching: Watching, kind: WatchedKind, state: ReflectorState): void {
  const { options, states, followed, statistics, installations, delivery } = watching;
  const name = resourceName(kind.resources[0]);
  // A server that is away is tried often, which is no news.
  const isNew = !equal(states.get(kind), state);
  const failures = isFailure(states.get(kind), state) ? 1 : 0;
  statistics.count(name, { isFollowing: state.kind === "following", failures });
  states.set(kind, state);
  if (state.kind === "following") followed.add(kind);
  installations.note(name, state);
  if (kind.isReported && state.kind === "absent") options.progress?.nothing(name);
  if (!delivery.hasBegun && state.kind === "failing") watching.sayOnce(state.message);
  if (kind.instead && (state.kind === "absent" || state.kind === "forbidden")) watchKind(watching, kind.instead);
  delivery.add([], isNew);
}

/** Whether something else is to be told of the gateway's own Service. */
function lookAtOwnService(watching: Watching, changes: readonly Change<ClusterObject>[]): boolean {
  const { options, objects, ofOwnService: told } = watching;
  const isOwn = (object: ClusterObject | undefined) => object && isOwnService(object.raw, options);
  if (!changes.some(({ before, after }) => isOwn(before) || isOwn(after))) return false;
  watching.ofOwnService = addressless(ownService(objects.values(), options));
  return !equal(told, watching.ofOwnService);
}

/** What changes mean for the compiler; the objects are as they are after them. */
function editsOf(
  { objects, secrets }: Watching,
  watched: WatchedKind,
  changes: readonly Change<ClusterObject>[],
): KubernetesBatch["edits"] {
  return changes.flatMap((change) => {
    const key = keyOfEdit(watched, change.key);
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

function keyOfEdit({ resources: [{ group, kind }] }: WatchedKind, key: string): string {
  return intern(`${kind}.${group}/${key}`);
}

/** An object whose manifest has not changed; one that was made again was away in between. */
function since(before: ClusterObject | undefined, after: ClusterObject): ClusterObject {
  return before?.uid === after.uid ? { ...after, manifestVersion: before.manifestVersion } : after;
}

const isSecret = ({ scope }: WatchedKind): boolean => scope === "secret";

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
