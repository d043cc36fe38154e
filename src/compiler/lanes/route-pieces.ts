/**
 * Routes in the pieces that virtual hosts are put together from: whole sets, or what of a set falls into one bucket. A
 * piece is there when it is asked for, so an edit costs its own piece, however many routes its set has.
 */
import { bucketOf, divisionName } from "../envoy/shape/division.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { EmittedRoute } from "./planned-host.ts";
import { type Demand, type Layout, storeDemandsOf, wholeSets } from "./scope-layout.ts";
import { byKey, keep } from "./wiring.ts";

/** What pieces are made from, and for. */
export interface PieceInputs {
  readonly virtualHosts: Collection<VirtualHost>;
  readonly layouts: Collection<Layout>;
  readonly emittedRoutes: Collection<EmittedRoute>;
}

/** Where pieces are found. */
export interface Pieces {
  /** All routes of a set, in order. */
  whole(set: string, reads: Reads): readonly EmittedRoute[];
  /** Those of a set that are in one bucket or, without a number, in several. */
  bucket(demand: Demand, number: number | undefined, reads: Reads): readonly EmittedRoute[];
  /** A route by its key. */
  route(key: string, reads: Reads): EmittedRoute | undefined;
}

const none: readonly never[] = [];

/** Declares the pieces that virtual hosts ask for. */
export function declarePieces(g: Graph, inputs: PieceInputs): Pieces {
  const wholes = declareWholes(g, inputs);
  const asked = g.map("shape.demand", inputs.layouts, storeDemandsOf);
  const routes = inputs.emittedRoutes;
  const buckets = declareAsked(g, "route", { asked, routes, of: (emitted) => emitted, order: byOrder });
  return {
    whole: (set, reads) => reads.get(wholes, set) ?? none,
    bucket: (demand, number, reads) => reads.get(buckets, pieceName(demand, number)) ?? none,
    route: (key, reads) => reads.get(routes, key),
  };
}

function declareWholes(g: Graph, { virtualHosts, layouts, emittedRoutes }: PieceInputs) {
  const asked = g.map("shape.whole", virtualHosts, (host, reads, key) =>
    keep(key, wholeSets(host, reads.get(layouts, key))),
  );
  const wanted = g.count("sets in one piece", asked, (sets) => sets);
  const routes = g.map("routes in one piece", emittedRoutes, (emitted, reads, key) =>
    keep(key, reads.has(wanted, setOf(emitted)) ? emitted : undefined),
  );
  return g.group("route sets in one piece", routes, (emitted) => [setOf(emitted)], byOrder);
}

/** What is kept of routes for those who ask for pieces. */
interface Asked<T> {
  readonly asked: Collection<Demand>;
  readonly routes: Collection<EmittedRoute>;
  of(emitted: EmittedRoute): T;
  order(a: T, b: T): number;
}

/** Declares what is kept of routes, called so, by the pieces that are asked for: sorted, with `pieceName` as keys. */
export function declareAsked<T>(
  g: Graph,
  name: string,
  { asked, routes, of, order }: Asked<T>,
): Collection<readonly T[]> {
  const same = g.group(`same demands of ${name}s`, asked, (one) => [demandKey(one)], byKey);
  const demands = g.map(`shape.demanded ${name}s`, same, ([one], _, key) => keep(key, one));
  // Where there are none at all, that is all that is remembered of what each route has asked.
  const any = g.count(`any demands of ${name}s`, demands, () => [""]);
  const bySet = g.index(`demands of ${name}s by set`, demands, ({ set }) => [set]);
  const inPieces = g.map(`shape.${name}`, routes, (emitted, reads, key): Derived<T & { readonly piece: string }> => {
    const found = reads.has(any, "") ? reads.lookup(bySet, setOf(emitted)) : none;
    const out = found.map((demand) => {
      const { division } = demand;
      const piece = pieceName(demand, division && bucketOf(emitted.route.match.path, division));
      return [division ? `${key} ${divisionName(division)}` : key, { ...of(emitted), piece }] as const;
    });
    return { out };
  });
  return g.group(`${name}s by piece`, inPieces, ({ piece }) => [piece], order);
}

/** The finished sets as a whole, for who looks from outside of the graph: sorted as they are asked for, and not kept. */
export function finishedSets(routes: Collection<EmittedRoute>): (set: string) => readonly EmittedRoute[] {
  const bySet = Map.groupBy(
    [...routes.entries()].sort(([a], [b]) => link.compareText(a, b)),
    ([, emitted]) => setOf(emitted),
  );
  return (set) => (bySet.get(set) ?? []).map(([, emitted]) => emitted).sort(byOrder);
}

function setOf({ route }: EmittedRoute): string {
  return link.routeSet(route.hosts);
}

function byOrder(a: EmittedRoute, b: EmittedRoute): number {
  return link.compareRoutes(a.route, b.route);
}

function demandKey({ set, division }: Demand): string {
  return division ? `${set}|${divisionName(division)}` : set;
}

/** What a piece is called: what of a demanded set is in one bucket or, without a number, all of it or in several. */
export function pieceName(demand: Demand, number?: number): string {
  return demand.division ? `${demandKey(demand)}|${number ?? ""}` : demand.set;
}
