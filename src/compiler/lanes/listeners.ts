/** Listeners: declared ones, and those that TCP routes open; and the sites that they share. */
import type { Graph } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import * as link from "../link/index.ts";
import type { Hosts } from "./hosts.ts";
import type { Inputs } from "./objects.ts";
import type { Routes } from "./routes.ts";
import type { Sockets } from "./sockets.ts";
import { byKey, contextTls, keep } from "./wiring.ts";

/** Listeners by socket, and sites. */
export type Listeners = ReturnType<typeof declareListeners>;

/** Declares listeners. */
export function declareListeners(
  g: Graph,
  { settings }: Inputs,
  { declared }: Sockets,
  routes: Routes,
  { hosts, contexts }: Hosts,
) {
  const certificates = g.map("certificates of TLSContexts", contexts, contextTls);
  const lookup = {
    hostsByGlob: g.index("Hosts by glob", hosts, (host) => [host.glob]),
    contextsByHost: g.index("certificates by name", certificates, ({ host }) => [host]),
  };
  const tcpRoutes = g.map("link.tcpCertificate", routes.tcpRoutes, link.secureTcpRoute(lookup));
  const tcpBySocket = g.group("TCP routes by socket", tcpRoutes, (route) => [route.listener], byKey);
  const opened = g.map("link.tcpListener", tcpBySocket, link.linkTcpListener(declared));
  const telling = g.map("link.http3", declared, link.advertiseHttp3({ declared, settings }));
  const listeners = g.union("listeners", telling, opened);

  const sitesByName = g.group("sites by name", declared, siteNames, byKey);
  const sites = g.map("link.Site", sitesByName, ([one], _, key) => keep(key, one && link.siteOf(one)));
  const bySite = g.index("listeners by site", listeners, siteNames);
  return { listeners, tcpRoutes, bySite, sites, allSites: g.index("sites", sites, () => [""]) };
}

function siteNames(listener: ListenerDecl): readonly string[] {
  return listener.http ? [link.siteOf(listener).name] : [];
}
