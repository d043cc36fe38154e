/** Mappings and TCPMappings: what they ask for, and the routes that rivals for the same requests become. */
import { emitRoute } from "../envoy/route.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import type { Route } from "../ir/route.ts";
import * as link from "../link/index.ts";
import type { Hosts } from "./hosts.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs, Objects } from "./objects.ts";
import { declareResolvers } from "./resolvers.ts";
import type { Sockets } from "./sockets.ts";
import { emitted, of, unavailable } from "./wiring.ts";

/** Declared and linked routes, and their bytes in sets by the name that they are for. */
export type Routes = ReturnType<typeof declareRoutes>;

/** Declares routes. */
export function declareRoutes(
  g: Graph,
  { settings }: Inputs,
  { all }: Objects,
  module: ModuleValues,
  hosts: Hosts,
  { httpsPort }: Sockets,
) {
  const resolvers = g.index("resolvers by name", declareResolvers(g, all), (resolver) => [resolver.name]);
  const lookup = { settings, defaults: module.defaults, resolvers, ...hosts.contextLookup };
  const lowerMapping = ambassador.lowerMapping(lookup);
  const decls = g.map("lower.Mapping", all("Mapping"), ({ resource, from }, reads, key) =>
    lowerMapping({ mapping: resource, ...(from === "match" ? { broken: true } : {}) }, reads, key),
  );
  const rivals = g.group("same match", decls, (decl) => [decl.matchKey], link.byTurn);
  const routes = g.map("link.Route", rivals, link.linkRoutes);
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
  const setOf = ({ route }: { readonly route: Route }) => [link.routeSet(route.hosts)];
  const sets = g.group("route sets", emittedRoutes, setOf, (a, b) => link.compareRoutes(a.route, b.route));
  const tcpDecls = g.map("lower.TCPMapping", all("TCPMapping"), of(ambassador.lowerTcpMapping(lookup)));
  const sameConnections = g.group("same connections", tcpDecls, (decl) => [link.tcpMatch(decl)], link.byAge);
  const tcpRoutes = g.map("link.TcpRoute", sameConnections, link.linkTcpRoute);
  return { decls, routes, sets, tcpDecls, tcpRoutes };
}
