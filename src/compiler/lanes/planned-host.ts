/**
 * EMIT of a planned virtual host: the route sets that it inherits are merged in the order of matching, and their bytes
 * put together under its names.
 */
import { parseGlob } from "#base/hostname.ts";
import type { EncodedRoute } from "../envoy/route.ts";
import {
  type EncodedVirtualHost,
  emitHostHead,
  emitVirtualHost,
  inOnePiece,
  misdirected,
} from "../envoy/virtual-host.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import { challengePath } from "../ir/challenge.ts";
import type { NamedMatch, RouteHosts } from "../ir/match.ts";
import type { Route } from "../ir/route.ts";
import type { Exposure, VirtualHost } from "../ir/virtual-host.ts";
import { mergeRoutes } from "../link/order.ts";
import { takesRoute } from "../link/selected.ts";
import type { Settings } from "../settings.ts";

/** A linked route with its bytes. */
export interface EmittedRoute {
  readonly route: Route;
  readonly encoded: EncodedRoute;
}

/** What virtual hosts are emitted from. */
export interface PlannedHostLookup {
  /** The routes of a set, in order: all of them, or those that may matter. */
  readonly routesOf: (set: string, reads: Reads) => readonly EmittedRoute[];
  readonly settings: Collection<Settings>;
  /** Tables in which some Host names a port. */
  readonly withPorts: Collection<unknown>;
}

/** A route as one virtual host shows it. */
export interface ShownRoute extends EmittedRoute {
  readonly exposure: Exposure;
  /** A further condition, where the route is for some of the virtual host's names only. */
  readonly authority?: NamedMatch;
}

/** The routes of a virtual host, in the order of matching. */
export function shownRoutes(lookup: PlannedHostLookup, host: VirtualHost, reads: Reads): readonly ShownRoute[] {
  const { selector } = host;
  const loose = selector !== undefined && (reads.get(lookup.settings, "")?.looseLabelSelectors ?? false);
  const lists = host.inherits.map((inherited) => {
    const routes = lookup.routesOf(inherited.set, reads);
    return selector ? routes.filter(({ route }) => takesRoute(selector, route, loose)) : routes;
  });
  const conditional = new Set(host.inherits.flatMap(({ set, conditional }) => (conditional ? [set] : [])));
  return mergeRoutes(lists, (emitted) => emitted.route).map(({ route, encoded }) => {
    const exposure = exposureOf(route, host.exposure);
    const authority = conditional.size > 0 ? authorityCondition(route.hosts, conditional) : undefined;
    return authority ? { route, encoded, exposure, authority } : { route, encoded, exposure };
  });
}

/** The names of a virtual host as Envoy is told them. */
export function domainsOf(
  { withPorts }: Pick<PlannedHostLookup, "withPorts">,
  host: VirtualHost,
  reads: Reads,
): readonly string[] {
  return reads.has(withPorts, host.table) ? host.domains.flatMap(withAnyPort) : host.domains;
}

/** Emits a virtual host for a table. */
export function emitPlannedHost(
  lookup: PlannedHostLookup,
): (host: VirtualHost, reads: Reads) => Derived<EncodedVirtualHost> {
  return (host, reads) => {
    const routes = shownRoutes(lookup, host, reads);
    const first = host.misdirected && misdirected[host.misdirected];
    const head = [emitHostHead(host.domains[0] ?? host.key, domainsOf(lookup, host, reads))];
    return { out: [[host.key, inOnePiece(host.table, emitVirtualHost({ head, first, routes }))]] };
  };
}

/** Challenges of certificate authorities come in cleartext and must be answered there. */
function exposureOf(route: Route, exposure: Exposure): Exposure {
  if (exposure === "direct") return exposure;
  const { path } = route.match;
  const prefix = path.kind === "prefix" ? path.prefix : path.kind === "segments" ? `${path.prefix}/` : "";
  const isOne = path.kind === "exact" && path.path.startsWith(challengePath);
  return isOne || prefix === challengePath ? "direct" : exposure;
}

/** In a table where ports count, a plain name must still match whatever port a request names. */
function withAnyPort(domain: string): readonly string[] {
  const glob = parseGlob(domain);
  return glob?.kind === "exact" && !/:\d+$/.test(domain) ? [domain, `${domain}:*`] : [domain];
}

/** What a set that only overlaps a virtual host's names still asks of `:authority`. */
function authorityCondition(hosts: RouteHosts, conditional: ReadonlySet<string>): NamedMatch | undefined {
  const name = ":authority";
  if (hosts.kind === "regex") return { name, match: { kind: "regex", regex: hosts.regex } };
  if (hosts.kind !== "glob" || !conditional.has(hosts.glob)) return undefined;
  const glob = parseGlob(hosts.glob);
  switch (glob?.kind) {
    case "suffix":
      return { name, match: { kind: "suffix", value: glob.literal } };
    case "prefix":
      return { name, match: { kind: "prefix", value: glob.literal } };
    default:
      return undefined;
  }
}
