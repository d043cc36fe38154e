/**
 * What all live replicas say, as one: who has not acknowledged an object as it is, and who refuses it. Pure, and made
 * for many objects: what is asked of each hardly costs more with many replicas than with few.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { resourceName } from "../kube/resource.ts";
import { isAtLeast } from "../kube/resource-version.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import type { ReplicaRecord, ReplicaRefusal } from "./record.ts";

/** A live replica. */
export interface Replica extends Pick<ReplicaRecord, "acknowledged" | "refusals"> {
  readonly name: string;
}

/** All of them. */
export interface Folded {
  /** The names of those that have not acknowledged an object as it is now. */
  behind(object: ClusterObject): readonly string[];
  /** What is wrong with an object at some of them. */
  refused(object: ClusterObject): Diagnostic | undefined;
}

const nobody: readonly string[] = [];
const mostNames = 3;

/** Folds them. One that does not speak of a resource is not waited for: it is older than the resource. */
export function foldReplicas(replicas: readonly Replica[]): Folded {
  const positions = positionsOf(replicas);
  const refusals = refusalsOf(replicas);
  return {
    behind({ resource, manifestVersion }) {
      const last = positions
        .get(resourceName(resource))
        ?.findLast(({ version }) => !isAtLeast(version, manifestVersion));
      return last?.names ?? nobody;
    },
    refused(object) {
      const current = refusals.get(object.uid)?.filter(({ refusal }) => refusal.generation === object.generation);
      const [first] = current ?? [];
      if (!current || !first) return undefined;
      const { path, message, traffic } = first.refusal;
      const where = namesOf(current.map(({ name }) => name));
      const at = { ref: object.raw.ref, path };
      const seen = traffic === undefined ? {} : { traffic: `there ${traffic}` };
      return diagnose("envoy/refused", at, `at ${where}: ${message}`, seen);
    },
  };
}

/** Whether they are the same ones, who refuse the same, and each has acknowledged what it had acknowledged before. */
export function isAsFar(before: readonly Replica[], now: readonly Replica[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ name, acknowledged, refusals }, index) => {
      const was = before[index];
      if (was?.name !== name || !equal(was.refusals, refusals)) return false;
      return acknowledged.entries().every(([resource, version]) => {
        const earlier = was.acknowledged.get(resource);
        return earlier !== undefined && isAtLeast(version, earlier);
      });
    })
  );
}

/** `replica a`, `replicas a, b and 3 others`. */
export function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(", ");
  const more = names.length - mostNames;
  return `${names.length === 1 ? "replica" : "replicas"} ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

/** How far somebody is with a resource. */
interface Position {
  readonly version: string;
  /** Of all who are no further. */
  readonly names: readonly string[];
}

/** By resource, those who are behind most first. */
function positionsOf(replicas: readonly Replica[]): ReadonlyMap<string, readonly Position[]> {
  const byResource = new Map<string, Map<string, string[]>>();
  for (const { name, acknowledged } of replicas) {
    for (const [resource, version] of acknowledged) {
      const byVersion = byResource.get(resource) ?? new Map<string, string[]>();
      byResource.set(resource, byVersion.set(version, [...(byVersion.get(version) ?? []), name]));
    }
  }
  return new Map(Array.from(byResource, ([resource, byVersion]) => [resource, inOrder(byVersion)]));
}

function inOrder(byVersion: ReadonlyMap<string, readonly string[]>): readonly Position[] {
  const versions = [...byVersion.keys()].sort((a, b) => (a === b ? 0 : isAtLeast(a, b) ? 1 : -1));
  let names: readonly string[] = [];
  return versions.map((version) => {
    names = [...names, ...(byVersion.get(version) ?? [])].sort();
    return { version, names };
  });
}

function refusalsOf(replicas: readonly Replica[]): ReadonlyMap<string, readonly Refused[]> {
  const byObject = new Map<string, Refused[]>();
  for (const { name, refusals } of replicas) {
    for (const refusal of refusals) {
      const known = byObject.get(refusal.uid);
      if (known) known.push({ name, refusal });
      else byObject.set(refusal.uid, [{ name, refusal }]);
    }
  }
  return byObject;
}

interface Refused {
  readonly name: string;
  readonly refusal: ReplicaRefusal;
}
