/**
 * Routes in the pieces that virtual hosts are put together from: whole sets, or what of a set falls into one bucket. A
 * piece is there when it is asked for, so an edit costs its own piece, however many routes its set has.
 */

import type { EncodedRoute } from "../envoy/route.ts";
import { bucketOf, divisionName } from "../envoy/shape/division.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { Route } from "../ir/route.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { EmittedRoute } from "./planned-host.ts";
import { type Demand, demandKey, demandsOf, type Outline, wholeSets } from "./scope-layout.ts";
import { byKey, keep } from "./wiring.ts";

/** What pieces are made from, and for. */
export interface PieceInputs {
  readonly virtualHosts: Collection<VirtualHost>;
  readonly outlines: Collection<Outline>;
  readonly emittedRoutes: Collection<EmittedRoute>;
}

/** What of a route says which requests it takes, and before which others. */
export interface RouteRank extends Pick<Route, "key" | "order" | "canary">, Pick<EncodedRoute, "beginning"> {}

/** Where pieces are found. */
export interface Pieces {
  /** All routes of a set, in order. */
  whole(set: string, reads: Reads): readonly EmittedRoute[];
  /** Those of a set that are in one bucket or, without a number, in several. */
  bucket(demand: Demand, number: number | undefined, reads: Reads): readonly EmittedRoute[];
  /** What stands for these where most of them do not matter: an edit of one hardly ever changes it. */
  ranks(demand: Demand, number: number | undefined, reads: Reads): readonly RouteRank[];
  /** One of those. */
  route({ key }: RouteRank, reads: Reads): EmittedRoute | undefined;
}

const none: readonly never[] = [];

/** Declares the pieces that virtual hosts ask for. */
export function declarePieces(g: Graph, inputs: PieceInputs): Pieces {
  const wholes = declareWholes(g, inputs);
  const buckets = declareBuckets(g, inputs);
  const ranks = g.map("ranks by bucket", buckets, (routes, _, bucket) => keep(bucket, routes.map(rankOf)));
  return {
    whole: (set, reads) => reads.get(wholes, set) ?? none,
    bucket: (demand, number, reads) => reads.get(buckets, bucketName(demand, number)) ?? none,
    ranks: (demand, number, reads) => reads.get(ranks, bucketName(demand, number)) ?? none,
    route: ({ key }, reads) => reads.get(inputs.emittedRoutes, key),
  };
}

function declareWholes(g: Graph, { virtualHosts, outlines, emittedRoutes }: PieceInputs) {
  const asked = g.map("shape.whole", virtualHosts, (host, reads, key) =>
    keep(key, wholeSets(host, reads.get(outlines, key))),
  );
  const wanted = g.count("sets in one piece", asked, (sets) => sets);
  const routes = g.map("routes in one piece", emittedRoutes, (emitted, reads, key) =>
    keep(key, reads.has(wanted, setOf(emitted)) ? emitted : undefined),
  );
  return g.group("route sets in one piece", routes, (emitted) => [setOf(emitted)], byOrder);
}

function declareBuckets(g: Graph, { outlines, emittedRoutes }: PieceInputs) {
  const same = g.group("same demands", g.map("shape.demand", outlines, demandsOf), (one) => [demandKey(one)], byKey);
  const demands = g.map("shape.divided", same, ([one], _, key) => keep(key, one));
  const bySet = g.index("demands by set", demands, ({ set }) => [set]);
  const bucketed = g.map(
    "shape.bucket",
    emittedRoutes,
    (emitted, reads, key): Derived<EmittedRoute & { bucket: string }> => {
      const out = reads.lookup(bySet, setOf(emitted)).map((demand) => {
        const bucket = bucketName(demand, bucketOf(emitted.route.match.path, demand.division));
        return [`${key} ${divisionName(demand.division)}`, { ...emitted, bucket }] as const;
      });
      return { out };
    },
  );
  return g.group("routes by bucket", bucketed, ({ bucket }) => [bucket], byOrder);
}

/** The finished sets as a whole, for who looks from outside of the graph: sorted as they are asked for, and not kept. */
export function finishedSets(routes: Collection<EmittedRoute>): (set: string) => readonly EmittedRoute[] {
  const bySet = Map.groupBy(
    [...routes.entries()].sort(([a], [b]) => link.compareText(a, b)),
    ([, emitted]) => setOf(emitted),
  );
  return (set) => (bySet.get(set) ?? []).map(([, emitted]) => emitted).sort(byOrder);
}

function rankOf({ route: { key, order, canary }, encoded: { beginning } }: EmittedRoute): RouteRank {
  return { key, order, canary, beginning };
}

function setOf({ route }: EmittedRoute): string {
  return link.routeSet(route.hosts);
}

function byOrder(a: EmittedRoute, b: EmittedRoute): number {
  return link.compareRoutes(a.route, b.route);
}

function bucketName(demand: Demand, number: number | undefined): string {
  return `${demandKey(demand)}|${number ?? ""}`;
}
