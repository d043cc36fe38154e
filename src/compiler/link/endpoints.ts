/**
 * LINK of endpoints: the addresses behind one Service port or service of Consul. A lane of its own: a moved endpoint is read here, encoded
 * and served, and no route or cluster is looked at.
 */

import { nameKey } from "#base/origin.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { Cluster, ServicePort } from "../ir/cluster.ts";
import type { ConsulAnswer } from "../ir/consul.ts";
import type { Endpoint, Endpoints } from "../ir/endpoints.ts";
import type { AddressSet, ServiceFacts, ServicePortFacts } from "../ir/service.ts";
import { compareText } from "./order.ts";
import { findPort } from "./services.ts";

/** What endpoints are linked against. */
export interface EndpointLookup {
  readonly services: Collection<ServiceFacts>;
  /** From EndpointSlices. */
  readonly slices: Index<AddressSet>;
  /** From Endpoints objects; asked only where a Service has no slice. */
  readonly legacy: Index<AddressSet>;
  readonly consul: Collection<ConsulAnswer>;
}

/** The endpoints that a group of clusters (all with the same endpoints resource) subscribes to. */
export function linkEndpoints(
  lookup: EndpointLookup,
): (clusters: readonly Cluster[], reads: Reads) => Derived<Endpoints> {
  return (clusters, reads) => {
    const target = clusters[0]?.target;
    if (target?.kind !== "endpoints" && target?.kind !== "consul") return { out: [] };
    const name = target.endpoints;
    const endpoints =
      target.kind === "consul" ? reads.get(lookup.consul, name)?.endpoints : ofService(lookup, target.service, reads);
    return { out: [[name, { name, endpoints: sortedUnique(endpoints ?? []) }]] };
  };
}

function ofService(lookup: EndpointLookup, wanted: ServicePort, reads: Reads): readonly Endpoint[] {
  const name = nameKey(wanted);
  const service = reads.get(lookup.services, name);
  const port = service && findPort(service, wanted);
  if (!port) return [];
  const slices = reads.lookup(lookup.slices, name);
  const sets = slices.length > 0 ? slices : reads.lookup(lookup.legacy, name);
  const from = (which: "addresses" | "leaving") => sets.flatMap((set) => endpointsIn(set, which, port, service));
  const ready = from("addresses");
  return ready.length > 0 ? ready : from("leaving");
}

function endpointsIn(
  { ports, ...addresses }: AddressSet,
  which: "addresses" | "leaving",
  wanted: ServicePortFacts,
  service: ServiceFacts,
): readonly Endpoint[] {
  const byName = ports.find(({ name }) => name === wanted.name);
  // Whoever writes endpoints by hand forgets names, which matter only where there are several.
  const only = service.ports.length === 1 && ports.length === 1 ? ports[0] : undefined;
  const { port } = byName ?? only ?? {};
  return port === undefined ? [] : addresses[which].map((address) => ({ address, port }));
}

function sortedUnique(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  // A copy has no more room than it needs, unlike what is put together with flatMap.
  if (endpoints.length < 2) return endpoints.slice();
  const byKey = new Map(endpoints.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint]));
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, endpoint]) => endpoint);
}
