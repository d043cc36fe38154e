/** Clusters, and the lane of endpoints: an address that moves is read, encoded and served here and nowhere else. */
import { emitCluster } from "../envoy/cluster.ts";
import { emitEndpoints } from "../envoy/endpoint.ts";
import { lowerEndpointSlice, lowerEndpoints, lowerService } from "../frontends/services.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { Cluster, ClusterDecl } from "../ir/cluster.ts";
import * as link from "../link/index.ts";
import { declareConsul } from "./consul.ts";
import type { Inputs, Objects } from "./objects.ts";
import type { Routes } from "./routes.ts";
import { byKey, byOrigin, emitted, keep, of } from "./wiring.ts";

/** Linked clusters and their endpoints, and the bytes of both. */
export type Upstreams = ReturnType<typeof declareUpstreams>;

/** Services that policies ask. */
interface AskedServices {
  readonly upstreams: Collection<ClusterDecl>;
}

/** Declares clusters and endpoints. */
export function declareUpstreams(
  g: Graph,
  { settings, consul }: Inputs,
  { all }: Objects,
  { decls, tcpDecls }: Routes,
  ...asked: readonly AskedServices[]
) {
  const services = g.map("lower.Service", all("Service"), ({ resource }) => lowerService(resource));
  const ofRoutes = g.map("clusters of routes", decls, (decl, _, key) => keep(key, decl.upstream));
  const ofTcp = g.map("clusters of TCP", tcpDecls, (decl, _, key) => keep(key, decl.upstream));
  const wanted = g.union("wanted clusters", ofRoutes, ofTcp, ...asked.map(({ upstreams }) => upstreams));
  const clusterDecls = g.group("clusters by name", wanted, (decl) => [decl.name], byOrigin);
  const byNamespace = g.index("Services by namespace", all("Service"), ({ resource }) => [resource.ref.namespace]);
  const clusters = g.map("link.Cluster", clusterDecls, link.linkCluster({ services, byNamespace, settings }));
  const encodedClusters = g.map("emit.Cluster", clusters, (cluster) =>
    emitted(cluster.name, cluster.origin, "requests that would go there get 503", () => emitCluster(cluster)),
  );

  const slices = g.map("lower.EndpointSlice", all("EndpointSlice"), of(lowerEndpointSlice));
  const older = g.map("lower.Endpoints", all("Endpoints"), of(lowerEndpoints));
  const subscribers = g.group("clusters by endpoints", clusters, endpointsOf, byKey);
  const lookup = {
    services,
    slices: g.index("slices by Service", slices, (set) => [set.service]),
    legacy: g.index("Endpoints by Service", older, (set) => [set.service]),
    consul,
  };
  const endpoints = g.map("link.Endpoints", subscribers, link.linkEndpoints(lookup));
  const encodedEndpoints = g.map("emit.Endpoints", endpoints, (of) => keep(of.name, emitEndpoints(of)));
  const oneName = g.group("clusters by old name", clusterDecls, link.oldClusterName, link.byOldOrder);
  g.map("link.ownClusters", oneName, link.linkOwnClusters);
  const consulServices = declareConsul(g, subscribers, consul);
  return { clusterDecls, clusters, subscribers, consulServices, endpoints, encodedClusters, encodedEndpoints };
}

function endpointsOf({ target }: Cluster): readonly string[] {
  return "endpoints" in target ? [target.endpoints] : [];
}
