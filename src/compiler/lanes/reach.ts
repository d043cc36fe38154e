/** Reach: which listeners and Hosts nobody gets to who comes through the gateway's own Service. */
import type { Graph } from "../graph/index.ts";
import * as link from "../link/index.ts";
import type { Hosts } from "./hosts.ts";
import type { Listeners } from "./listeners.ts";
import type { Inputs } from "./objects.ts";
import type { Sockets } from "./sockets.ts";

/** Declares what is told of them. */
export function declareReach(
  g: Graph,
  { settings }: Inputs,
  { ownServices }: Sockets,
  { hosts }: Hosts,
  { listeners, bySite, allSites }: Listeners,
): void {
  const unreachable = g.map(
    "report.unreachable",
    listeners,
    link.reportUnreachable({ services: ownServices, settings }),
  );
  const lookup = { sites: allSites, listenersBySite: bySite, unreachable };
  g.map("report.unreachableHosts", hosts, link.reportUnreachableHosts(lookup));
}
