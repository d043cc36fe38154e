/** Reach: which listeners and Hosts nobody gets to who comes through the gateway's own Service. */
import { lowerOwnService } from "../frontends/services.ts";
import type { Graph } from "../graph/index.ts";
import * as link from "../link/index.ts";
import type { Hosts } from "./hosts.ts";
import type { Listeners } from "./listeners.ts";
import type { Inputs, Objects } from "./objects.ts";
import { of } from "./wiring.ts";

/** Declares what is told of them. */
export function declareReach(
  g: Graph,
  { settings }: Inputs,
  { all }: Objects,
  { hosts }: Hosts,
  { listeners, bySite, allSites }: Listeners,
): void {
  const own = g.map("lower.ownService", all("Service"), of(lowerOwnService));
  const services = g.index("own Services by namespace", own, ({ ref }) => [ref.namespace]);
  const unreachable = g.map("report.unreachable", listeners, link.reportUnreachable({ services, settings }));
  const lookup = { sites: allSites, listenersBySite: bySite, unreachable };
  g.map("report.unreachableHosts", hosts, link.reportUnreachableHosts(lookup));
}
