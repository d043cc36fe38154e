/**
 * SHAPE: how virtual hosts are laid out in scopes. Where one shares most of its routes, that depends on how many of these
 * come before its own; it is told by the ranks of routes, which hardly any edit changes.
 */
import type { EncodedRoute } from "../envoy/route.ts";
import { bucketOf, manyRoutes } from "../envoy/shape/division.ts";
import type { Collection, Graph, Reads } from "../graph/index.ts";
import type { PathMatch } from "../ir/match.ts";
import type { Route } from "../ir/route.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import { domainsOf, type EmittedRoute } from "./planned-host.ts";
import { declareAsked, pieceName } from "./route-pieces.ts";
import {
  type BeforeOwn,
  type Layout,
  layOut,
  type Outline,
  outline,
  rankDemandsOf,
  type SetSizes,
} from "./scope-layout.ts";
import { keep } from "./wiring.ts";

/** So many routes may be named before a lead because they come before a name's own. */
const manyBefore = 50;

const none: readonly never[] = [];

/** What layouts are derived from. */
export interface LayoutInputs extends Omit<SetSizes, "manyFor"> {
  readonly shape: (reads: Reads) => RouteTables;
  readonly virtualHosts: Collection<VirtualHost>;
  readonly withPorts: Collection<unknown>;
  readonly emittedRoutes: Collection<EmittedRoute>;
}

/** What of a route says which requests it takes, and before which others. */
interface RouteRank extends Pick<Route, "key" | "order" | "canary">, Pick<EncodedRoute, "beginning"> {
  readonly path: PathMatch;
}

/** Declares layouts, of which there are none while there are tables. */
export function declareLayouts(g: Graph, inputs: LayoutInputs): Collection<Layout> {
  const { shape, virtualHosts, emittedRoutes } = inputs;
  const sizes = { ...inputs, manyFor: (reads: Reads) => (shape(reads) === "pathed" ? 0 : manyRoutes) };
  const outlines = g.map("shape.outline", virtualHosts, (host, reads, key) =>
    keep(key, shape(reads) === "table" ? undefined : outline(host, domainsOf(inputs, host, reads), sizes, reads)),
  );
  const asked = g.map("shape.rankDemand", outlines, rankDemandsOf);
  const spec = { asked, routes: emittedRoutes, of: rankOf, order: link.compareRoutes };
  const ranks = declareAsked<RouteRank>(g, "rank", spec);
  return g.map("shape.layout", outlines, (one, reads, key) => keep(key, layOut(one, comingBefore(one, ranks, reads))));
}

function rankOf({ route: { key, order, canary, match }, encoded: { beginning } }: EmittedRoute): RouteRank {
  return { key, order, canary, beginning, path: match.path };
}

/** What of the shared sets comes before one of a name's own routes and may meet the same path; none if it is much. */
function comingBefore(
  { shared, division }: Outline,
  ranks: Collection<readonly RouteRank[]>,
  reads: Reads,
): readonly BeforeOwn[] | undefined {
  if (!shared || !division) return undefined;
  const own = reads.get(ranks, pieceName({ set: shared.own })) ?? none;
  const ownIn = Map.groupBy(own, ({ path }) => bucketOf(path, division));
  const anywhere = ownIn.get(undefined) ?? none;
  const numbers = anywhere.length > 0 ? Array(division.buckets).keys() : ownIn.keys();
  let found = 0;
  const near = new Map<string, RouteRank[]>();
  for (const number of new Set([...numbers, undefined])) {
    // What is in a bucket meets only what is there, too, or in several.
    const rivals = number === undefined ? own : [...(ownIn.get(number) ?? none), ...anywhere];
    for (const { set } of shared.rest.inherits) {
      const others = reads.get(ranks, pieceName({ set, division }, number)) ?? none;
      // Few paths meet, and whether they do is told sooner than what comes first.
      const before = others.filter((one) =>
        rivals.some((rival) => mayMeet(one, rival) && link.compareRoutes(one, rival) < 0),
      );
      found += before.length;
      if (found > manyBefore) return undefined;
      if (before.length > 0) near.set(set, [...(near.get(set) ?? none), ...before]);
    }
  }
  return [...near].map(([set, some]) => ({ set, routes: some.sort(link.compareRoutes).map(({ key }) => key) }));
}

/** Whether some path may begin as both say. */
function mayMeet(a: RouteRank, b: RouteRank): boolean {
  return a.beginning.startsWith(b.beginning) || b.beginning.startsWith(a.beginning);
}
