/**
 * SERVE: what Envoys refused. A refused version of a resource is never sent again to the same Envoy version of the
 * same node; another version of the resource is.
 */
import type { ResourceType } from "#compiler";

/** The refused versions of one node with one Envoy version. */
export interface RefusedVersions {
  has(type: ResourceType, name: string, version: string): boolean;
  add(type: ResourceType, name: string, version: string): void;
  /** The version may be sent again: what was wrong was not its content. */
  forgive(type: ResourceType, name: string, version: string): void;
}

/** One resource that one Envoy refused. */
export interface ResourceRefusal {
  readonly type: ResourceType;
  readonly name: string;
  readonly version: string;
  /** Envoy's own words. */
  readonly message: string;
  /** Envoy goes on with an earlier version. */
  readonly replaces: boolean;
}

/** Which Envoy a stream belongs to. */
export interface NodeIdentity {
  readonly nodeId: string;
  readonly envoyVersion: string;
}

/** A refused resource with the Envoy that refused it. */
export interface Refused extends ResourceRefusal, NodeIdentity {}

/** Names come and go; a version that is forgotten is sent again, and refused again. */
const rememberedResources = 10_000;

/** The memory of one node: one version per resource; those that were refused longest ago are forgotten first. */
export function createRefusedVersions(): RefusedVersions {
  const versions = new Map<string, string>();
  return {
    has: (type, name, version) => versions.get(`${type}/${name}`) === version,
    add(type, name, version) {
      versions.delete(`${type}/${name}`);
      versions.set(`${type}/${name}`, version);
      keepNewest(versions, rememberedResources);
    },
    forgive(type, name, version) {
      if (versions.get(`${type}/${name}`) === version) versions.delete(`${type}/${name}`);
    },
  };
}

/** The memories of all nodes. */
export interface Refusals {
  of(node: NodeIdentity): RefusedVersions;
  forgive(type: ResourceType, name: string, version: string): void;
}

const rememberedNodes = 1000;

/** Remembers nodes; the least recently connected are forgotten first. */
export function createRefusals(): Refusals {
  const byNode = new Map<string, RefusedVersions>();
  return {
    of({ nodeId, envoyVersion }) {
      const key = JSON.stringify([nodeId, envoyVersion]);
      const known = byNode.get(key) ?? createRefusedVersions();
      byNode.delete(key);
      byNode.set(key, known);
      keepNewest(byNode, rememberedNodes);
      return known;
    },
    forgive(type, name, version) {
      for (const known of byNode.values()) known.forgive(type, name, version);
    },
  };
}

function keepNewest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

/** Halves a list, to find which part of a refused response is to blame. */
export function halves<T>(list: readonly T[]): T[][] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}
