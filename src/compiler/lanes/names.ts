/** Names: which Host answers for which, those that only routes mention included, and which routes nobody serves. */
import { parseGlob } from "#base/hostname.ts";
import type { Graph } from "../graph/index.ts";
import type { Domain } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { Hosts } from "./hosts.ts";
import type { Listeners } from "./listeners.ts";
import type { Inputs } from "./objects.ts";
import type { EmittedRoutes, Routes } from "./routes.ts";
import { covering, isIrregular, keep } from "./wiring.ts";

/** Names by site, claimed by Hosts or mentioned by routes, and the names of route sets. */
export type Names = ReturnType<typeof declareNames>;

/** Declares names. */
export function declareNames(
  g: Graph,
  { settings }: Inputs,
  { hosts }: Hosts,
  { allSites, listeners }: Listeners,
  { routes }: Routes,
  { sets }: EmittedRoutes,
) {
  const claims = g.map("link.Claim", hosts, link.linkClaims(allSites));
  const claimsByName = g.group("Hosts by name", claims, (claim) => [link.claimedName(claim)], link.byClaim);
  const claimed = g.map("link.Domain", claimsByName, link.linkDomain);
  const inhabited = g.count("Hosts by site", claims, ({ site }) => [site.name]);
  g.map("report.withoutHosts", listeners, link.reportWithoutHosts(inhabited));
  const irregular = g.index("irregular names", claimed, ({ site, glob }) => (isIrregular(glob) ? [site] : []));
  const lookup = { sites: allSites, claimed, irregular };

  const setNames = g.map("route set names", sets, (_, __, name) => keep(name, name));
  const globs = g.map("route globs", setNames, (name) => keep(name, parseGlob(name) && name));
  const mentioned = g.map("link.routeDomain", globs, link.linkRouteDomains(lookup));

  const under = g.index("names by covering glob", claimed, coveringNames);
  const selecting = g.index("selecting Hosts", claimed, ({ site, host }) => (host.selector ? [site] : []));
  const served = g.map("link.served", setNames, link.linkServed({ ...lookup, under, selecting }));
  g.map("report.unserved", routes, link.reportUnserved({ served, settings }));
  return { claimed, domains: g.union("domains", claimed, mentioned), setNames, globs };
}

function coveringNames({ site, glob }: Domain): readonly string[] {
  return [`${site}|`, ...covering(glob).map((key) => `${site}|${key}`)];
}
