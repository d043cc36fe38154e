/**
 * SERVE: which clusters that leave are still named by what one Envoy holds or is being sent. Looked at again for what
 * Envoy has been told since, so that a change costs what it reaches, however much else Envoy has.
 */
import type { ResourceType } from "#compiler";
import type { Subscription, Told } from "./subscription.ts";

const namingTypes: readonly ResourceType[] = ["routes", "scope", "listener", "extension"];

/** Stands for every cluster: what names it is of a version that nobody knows here. */
const anything = "*";

/** Who names what. */
export interface Naming {
  /** Of the leaving clusters, those that each resource names, by type and name. */
  readonly named: Map<string, readonly string[]>;
  /** How many resources of each type name a cluster. */
  readonly types: Map<string, Map<ResourceType, number>>;
  /** What is to be looked at again. */
  readonly touched: Map<ResourceType, Set<string>>;
  /** All of it is. */
  isStale: boolean;
}

/** Nothing is known yet. */
export function createNaming(): Naming {
  return { named: new Map(), types: new Map(), touched: new Map(), isStale: true };
}

/** Whether resources of this type name clusters. */
export function namesClusters(type: ResourceType): boolean {
  return namingTypes.includes(type);
}

/** What Envoy has of some resources may be another version than before. */
export function touchNaming({ isStale, touched }: Naming, type: ResourceType, names: readonly string[]): void {
  if (isStale || !namesClusters(type)) return;
  const known = touched.get(type) ?? new Set();
  for (const name of names) known.add(name);
  touched.set(type, known);
}

/** Has everything looked at again, when somebody asks the next time. */
export function forgetNaming(naming: Naming): void {
  for (const known of [naming.named, naming.types, naming.touched]) known.clear();
  naming.isStale = true;
}

/** The types of resources that name a cluster. */
export function namedBy({ types }: Naming, cluster: string): ReadonlySet<ResourceType> {
  return new Set([cluster, anything].flatMap((name) => [...(types.get(name)?.keys() ?? [])]));
}

/** Looks at what is to be looked at; gives the clusters that may be named by other types than before. */
export function refreshNaming(
  naming: Naming,
  leaving: ReadonlyMap<string, unknown>,
  subscriptions: ReadonlyMap<ResourceType, Subscription>,
): Iterable<string> {
  const changed = new Set<string>();
  if (naming.isStale) touchAll(naming, leaving, subscriptions);
  for (const [type, names] of naming.touched) {
    for (const name of names) look(naming, type, name, clustersOf(subscriptions.get(type), name, leaving), changed);
  }
  naming.touched.clear();
  const all = naming.isStale || changed.has(anything);
  naming.isStale = false;
  return all ? leaving.keys() : changed;
}

/** Finds all that names leaving clusters, which is little of very much. */
function touchAll(
  { touched }: Naming,
  leaving: ReadonlyMap<string, unknown>,
  subscriptions: ReadonlyMap<ResourceType, Subscription>,
): void {
  for (const type of namingTypes) {
    const names = new Set<string>();
    const { held = [], inFlight = [] } = subscriptions.get(type) ?? {};
    for (const [name, told] of held) if (isNaming(told, leaving)) names.add(name);
    for (const [, { resources }] of inFlight) for (const { name } of resources) names.add(name);
    touched.set(type, names);
  }
}

function isNaming({ version, resource }: Told, leaving: ReadonlyMap<string, unknown>): boolean {
  if (version === "") return false;
  // Envoy came with a version of this resource that nobody knows here, so it may name anything.
  if (!resource) return true;
  for (const list of resource.clusters ?? []) for (const cluster of list) if (leaving.has(cluster)) return true;
  return false;
}

function look(
  { named, types }: Naming,
  type: ResourceType,
  name: string,
  clusters: readonly string[],
  changed: Set<string>,
): void {
  const key = `${type} ${name}`;
  for (const cluster of named.get(key) ?? []) {
    changed.add(cluster);
    count(types, cluster, type, -1);
  }
  for (const cluster of clusters) {
    changed.add(cluster);
    count(types, cluster, type, 1);
  }
  if (clusters.length > 0) named.set(key, clusters);
  else named.delete(key);
}

function count(types: Naming["types"], cluster: string, type: ResourceType, more: 1 | -1): void {
  const counts = types.get(cluster) ?? new Map<ResourceType, number>();
  const sum = (counts.get(type) ?? 0) + more;
  if (sum === 0) counts.delete(type);
  else counts.set(type, sum);
  if (counts.size === 0) types.delete(cluster);
  else types.set(cluster, counts);
}

/** The leaving clusters that a resource names, in any version that Envoy may have. */
function clustersOf(
  subscription: Subscription | undefined,
  name: string,
  leaving: ReadonlyMap<string, unknown>,
): readonly string[] {
  const told = subscription ? [...toldOf(subscription, name)].filter((one) => isNaming(one, leaving)) : [];
  const named = told.flatMap(({ resource }) => (resource ? (resource.clusters ?? []).flat() : [anything]));
  return [...new Set(named.filter((cluster) => cluster === anything || leaving.has(cluster)))];
}

function* toldOf({ held, inFlight }: Subscription, name: string): Iterable<Told> {
  const told = held.get(name);
  if (told) yield told;
  for (const { resources } of inFlight.values())
    for (const resource of resources) if (resource.name === name) yield { version: resource.version, resource };
}
