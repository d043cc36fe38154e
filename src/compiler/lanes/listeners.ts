/** Listeners: declared, synthesised as in 1.x, or opened by TCP routes; one per socket. And the sites they share. */
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import * as link from "../link/index.ts";
import type { Hosts } from "./hosts.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs, Objects } from "./objects.ts";
import type { Routes } from "./routes.ts";
import { byKey, cleartextPorts, first, keep, of } from "./wiring.ts";

/** Listeners by socket, and sites. */
export type Listeners = ReturnType<typeof declareListeners>;

/** Declares listeners. */
export function declareListeners(
  g: Graph,
  { settings }: Inputs,
  { all, anyListener }: Objects,
  { legacy }: ModuleValues,
  { hosts }: Hosts,
  { tcpRoutes }: Routes,
) {
  const own = g.map("lower.Listener", all("Listener"), of(ambassador.lowerListener(settings)));
  const certificates = g.map("certificates of Hosts", hosts, (host, _, key) => keep(key, host.tls));
  const anyCertificate = first(g, "any certificate", certificates);
  const lookup = { settings, module: legacy, anyListener, anyCertificate, cleartextPorts: cleartextPorts(g, hosts) };
  const synthesised = g.value("lower.legacyListeners", ambassador.legacyListeners(lookup));
  const decls = g.union("listener declarations", own, synthesised);
  const bySocket = g.group("listeners by socket", decls, socketOf, link.byAge);
  const declared = g.map("link.Listener", bySocket, link.linkListener);
  const tcpBySocket = g.group("TCP routes by socket", tcpRoutes, (route) => [route.listener], byKey);
  const opened = g.map("link.tcpListener", tcpBySocket, link.linkTcpListener(declared));
  const listeners = g.union("listeners", declared, opened);

  const sitesByName = g.group("sites by name", declared, siteNames, byKey);
  const sites = g.map("link.Site", sitesByName, ([one], _, key) => keep(key, one && link.siteOf(one)));
  const bySite = g.index("listeners by site", listeners, siteNames);
  return { listeners, bySite, sites, allSites: g.index("sites", sites, () => [""]) };
}

function socketOf({ address, port }: ListenerDecl): readonly string[] {
  return [link.socketKey(address, port)];
}

function siteNames(listener: ListenerDecl): readonly string[] {
  return listener.http ? [link.siteOf(listener).name] : [];
}
