/**
 * SERVE: every current resource by type and name, and the number of the last change.
 * Fed by the compiler's changes, read by every stream; it never looks inside a resource.
 */
import type { Encoded, ResourceChange, ResourceType } from "#compiler";

/** What streams may see of a snapshot. */
export interface SnapshotView {
  /** Grows by one with each applied change set; 0 means that nothing has been compiled yet. */
  readonly number: number;
  /** Whether all that there is at the start is in it; before that, what is not there may still come. */
  readonly isComplete: boolean;
  get(type: ResourceType, name: string): Encoded | undefined;
  names(type: ResourceType): Iterable<string>;
  size(type: ResourceType): number;
}

/** A snapshot that can be changed. */
export interface Snapshot extends SnapshotView {
  /** Takes changes over and returns the number that stands for them. */
  apply(changes: readonly ResourceChange[]): number;
  /** All that there is at the start is in it from now on. */
  complete(): void;
}

/** An empty snapshot; `isComplete` unless there is more to come before anything may rely on it. */
export function createSnapshot(isComplete = true): Snapshot {
  const byType: Record<ResourceType, Map<string, Encoded>> = {
    cluster: new Map(),
    endpoints: new Map(),
    extension: new Map(),
    secret: new Map(),
    listener: new Map(),
    routes: new Map(),
    scope: new Map(),
  };
  let number = 0;
  let complete = isComplete;
  return {
    get number() {
      return number;
    },
    get isComplete() {
      return complete;
    },
    get: (type, name) => byType[type].get(name),
    names: (type) => byType[type].keys(),
    size: (type) => byType[type].size,
    apply(changes) {
      for (const { type, name, resource } of changes) {
        if (resource) byType[type].set(name, resource);
        else byType[type].delete(name);
      }
      return ++number;
    },
    complete() {
      complete = true;
    },
  };
}
