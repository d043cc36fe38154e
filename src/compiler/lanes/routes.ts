/** Mappings, Ingresses and TCPMappings: what they ask for, and the routes that rivals for the same requests become. */
import { emitRoute } from "../envoy/route.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import type { Route } from "../ir/route.ts";
import * as link from "../link/index.ts";
import { authServicesByName } from "./auth.ts";
import type { Hosts } from "./hosts.ts";
import { declareIngressRoutes, type Ingresses } from "./ingress.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs, Objects } from "./objects.ts";
import { declareResolvers } from "./resolvers.ts";
import type { Sockets } from "./sockets.ts";
import { emitted, of, unavailable } from "./wiring.ts";

/** Declared and linked routes. */
export type Routes = ReturnType<typeof declareRoutes>;

interface RouteInputs {
  readonly module: ModuleValues;
  readonly hosts: Hosts;
  readonly ingresses: Ingresses;
}

/** Bytes of routes, and how many there are for each name. */
export type EmittedRoutes = ReturnType<typeof declareEmittedRoutes>;

/** Declares routes. */
export function declareRoutes(
  g: Graph,
  { settings, challenges }: Inputs,
  objects: Objects,
  { module, hosts, ingresses }: RouteInputs,
) {
  const { all } = objects;
  const resolvers = g.index("resolvers by name", declareResolvers(g, all), (resolver) => [resolver.name]);
  const lookup = {
    settings,
    defaults: module.defaults,
    policies: module.policies,
    authServices: authServicesByName(g, objects.authServices),
    resolvers,
    ...hosts.contextLookup,
  };
  const lowerMapping = ambassador.lowerMapping(lookup);
  const ofMappings = g.map("lower.Mapping", all("Mapping"), ({ resource, from }, reads, key) =>
    lowerMapping({ mapping: resource, ...(from === "match" ? { broken: true } : {}) }, reads, key),
  );
  const ofIngresses = declareIngressRoutes(g, objects, ingresses, lookup);
  const probes = g.value("lower.probes", ambassador.lowerProbes({ ...lookup, moduleSettings: module.settings }));
  const own = g.index(
    "challenges of users",
    g.union("routes of users", ofMappings, ofIngresses),
    ambassador.ownChallenges,
  );
  const ofHosts = g.map("lower.challenges", all("Host"), of(ambassador.lowerChallenges(own)));
  const answers = g.map("lower.challenge", challenges, ambassador.lowerChallenge);
  const decls = g.union("route declarations", ofMappings, ofIngresses, probes, ofHosts, answers);
  const rivals = g.group("same match", decls, (decl) => [decl.matchKey], link.byTurn);
  const routes = g.map("link.Route", rivals, link.linkRoutes);
  const tcpDecls = g.map("lower.TCPMapping", all("TCPMapping"), of(ambassador.lowerTcpMapping(lookup)));
  const sameConnections = g.group("same connections", tcpDecls, (decl) => [link.tcpMatch(decl)], link.byAge);
  const tcpRoutes = g.map("link.TcpRoute", sameConnections, link.linkTcpRoute);
  return { lookup, decls, routes, tcpDecls, tcpRoutes };
}

/** Declares their bytes, and what is told of them: nothing here is in the way of clusters. */
export function declareEmittedRoutes(g: Graph, { decls, routes }: Routes, { httpsPort }: Sockets) {
  const emittedRoutes = g.map("emit.Route", routes, (route, reads, key) => {
    const port = reads.get(httpsPort, "");
    const emit = (as: Route) => ({ route: as, encoded: emitRoute(as, port) });
    const traffic = "requests that match get 503";
    return emitted(
      key,
      route.origin,
      traffic,
      () => emit(route),
      () => emit(unavailable(route)),
    );
  });
  const byOldMatch = g.index("routes by the old match", decls, (decl) => [link.oldMatch(decl)]);
  g.map("report.pathKinds", decls, link.reportPathKinds(byOldMatch));
  const sets = g.count("route sets", emittedRoutes, ({ route }) => [link.routeSet(route.hosts)]);
  return { emittedRoutes, sets };
}
