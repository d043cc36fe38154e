/**
 * How far a cluster has been read: for each resource that statuses are about, the version up to which every change has
 * been handed on, and how many changes of manifests that were.
 */
import { beforeAll } from "../../kube/resource-version.ts";

/** Versions by the name of their resource. */
export type Versions = ReadonlyMap<string, string>;

/** How far everything was at a moment. */
export interface Reached {
  readonly versions: Versions;
  /** Grows with each change of a manifest. */
  readonly edits: number;
}

/** What readers note. */
export interface ReadProgress {
  /** A reader is there, and has read nothing yet, or nothing is there any more. */
  nothing(resource: string): void;
  /** Everything up to here is handed on. */
  upTo(resource: string, version: string): void;
  /** A manifest has changed. */
  edited(): void;
  now(): Reached;
}

/** Nothing is read yet. `onEdited` is called before what is behind a change has been handed on. */
export function createReadProgress(onEdited: () => void): ReadProgress {
  const versions = new Map<string, string>();
  let edits = 0;
  return {
    nothing: (resource) => void versions.set(resource, beforeAll),
    upTo: (resource, version) => void versions.set(resource, version),
    edited() {
      edits++;
      onEdited();
    },
    now: () => ({ versions: new Map(versions), edits }),
  };
}
