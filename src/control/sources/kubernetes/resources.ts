/**
 * What is watched in a cluster: every kind that the compiler knows, in the best version that the server has.
 */
import { customKinds } from "#compiler";
import type { ApiResource } from "../../kube/resource.ts";

/** One kind, and where its objects are looked for. */
export interface WatchedKind {
  /** Best version first. */
  readonly resources: readonly [ApiResource, ...ApiResource[]];
  readonly scope: "any" | "secret" | "own" | "cluster";
  /** What is not even asked for. */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Its objects have a status that we write. */
  readonly isReported?: boolean;
  /** What is watched where this one is not there, or is not permitted. */
  readonly instead?: WatchedKind;
}

/** What decides which kinds are watched. */
export interface KindOptions {
  readonly knative?: boolean;
  /** Who may see one namespace only is not asked to see what belongs to none. */
  readonly singleNamespace?: boolean;
}

/** All kinds to watch. */
export function watchedKinds({ knative = false, singleNamespace = false }: KindOptions): readonly WatchedKind[] {
  const all = [...core, slices, ...(knative ? [knativeIngress] : []), ...custom()];
  return singleNamespace ? all.filter(({ scope }) => scope !== "cluster") : all;
}

/** Helm keeps ten versions of each release, of up to 1 MB each, in Secrets of a type of its own. */
const notOfHelm = "type!=helm.sh/release.v1";

/** Replicas tell each other how they are, and keep what must outlive them, and nobody configures anything by that. */
const notOurs = "!dragoman.io/replica-of,!dragoman.io/last-good-of";

const core: readonly WatchedKind[] = [
  watched("", "Service", "services", ["v1"]),
  { ...watched("", "Secret", "secrets", ["v1"], "secret"), fieldSelector: notOfHelm },
  { ...watched("", "ConfigMap", "configmaps", ["v1"], "own"), labelSelector: notOurs },
  watched("", "Namespace", "namespaces", ["v1"], "cluster"),
  { ...watched("networking.k8s.io", "Ingress", "ingresses", ["v1"]), isReported: true },
  watched("networking.k8s.io", "IngressClass", "ingressclasses", ["v1"], "cluster"),
];

const slices: WatchedKind = {
  ...watched("discovery.k8s.io", "EndpointSlice", "endpointslices", ["v1"]),
  instead: watched("", "Endpoints", "endpoints", ["v1"]),
};

const knativeIngress: WatchedKind = {
  ...watched("networking.internal.knative.dev", "Ingress", "ingresses", ["v1alpha1"]),
  isReported: true,
};

function custom(): readonly WatchedKind[] {
  return customKinds().map(({ group, kind, plural, versions }) => ({
    ...watched(group, kind, plural, versions),
    isReported: true,
  }));
}

function watched(
  group: string,
  kind: string,
  plural: string,
  [newest = "v1", ...older]: readonly string[],
  scope: WatchedKind["scope"] = "any",
): WatchedKind {
  const resource = (version: string) => ({ group, version, plural, kind, namespaced: scope !== "cluster" });
  return { resources: [resource(newest), ...older.map(resource)], scope };
}
