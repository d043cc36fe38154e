/** The linked model as plain JSON, for people: what was decided before anything is encoded, without secrets. */
import { conceal } from "#base/conceal.ts";
import { formatOrigin, type Origin } from "#base/origin.ts";
import type { Declared } from "./compile.ts";
import type { Collection, Reads } from "./graph/index.ts";
import type { Route } from "./ir/route.ts";
import { domainsOf, type PlannedHostLookup, shownRoutes } from "./lanes/planned-host.ts";
import { finishedSets } from "./lanes/route-pieces.ts";

/** Reads of finished collections, from outside of the graph: nothing is recorded. */
export const finished: Reads = {
  get: (from, key) => from.get(key),
  has: (from, key) => from.get(key) !== undefined,
  lookup() {
    throw new Error("an index can only be read from within the graph");
  },
};

/** What finished virtual hosts are put together from. */
export function finishedHosts({ emitted, tables }: Declared): PlannedHostLookup {
  return { ...tables.planned, routesOf: finishedSets(emitted.emittedRoutes) };
}

/** The linked model. Routes are listed once, and by key in the virtual hosts that show them. */
export function linkedJson(declared: Declared): object {
  const { chains, emitted, hosts, listeners, tables, upstreams } = declared;
  const planned = finishedHosts(declared);
  return conceal({
    listeners: values(listeners.listeners).map(({ key, ...listener }) => ({
      name: key,
      ...named(listener),
      chains: values(chains.chains)
        .filter((chain) => chain.listener === key)
        .map(named),
    })),
    hosts: values(hosts.hosts).map(({ key: _, ...host }) => named(host)),
    virtualHosts: values(tables.virtualHosts).map((host) => ({
      table: host.table,
      domains: domainsOf(planned, host, finished),
      exposure: host.exposure,
      ...(host.misdirected ? { misdirected: host.misdirected } : {}),
      ...(host.selector ? { selector: host.selector } : {}),
      routes: shownRoutes(planned, host, finished).map(({ route, exposure, authority }) => ({
        route: route.key,
        ...(exposure === host.exposure ? {} : { exposure }),
        ...(authority ? { authority: authority.match } : {}),
      })),
    })),
    routes: Object.fromEntries(
      sorted(emitted.sets).flatMap(([set]) => planned.routesOf(set, finished).map(({ route }) => routeEntry(route))),
    ),
    clusters: values(upstreams.clusters).map(named),
    endpoints: values(upstreams.endpoints),
  });
}

/** Without the texts of its order: they repeat what the match says, credentials included. */
function routeEntry({ key, order, ...route }: Route): readonly [string, object] {
  const { precedence, pathLength, headerLength, queryLength } = order;
  return [key, { ...named(route), order: { precedence, pathLength, headerLength, queryLength } }];
}

function named<T extends { readonly origin: Origin }>({ origin, ...rest }: T): object {
  return { object: formatOrigin(origin), ...rest };
}

function values<T>(collection: Collection<T>): readonly T[] {
  return [...sorted(collection)].map(([, value]) => value);
}

function sorted<T>(collection: Collection<T>): readonly (readonly [string, T])[] {
  return [...collection.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
