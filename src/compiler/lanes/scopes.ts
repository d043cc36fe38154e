/** Scopes: where the routes of every name are while tables are scoped, and the bytes of each such place. */
import { bucketOf, type Division, manyRoutes } from "../envoy/shape/division.ts";
import { wildScope } from "../envoy/shape/scope-name.ts";
import { asLead, emitScope, knownHost, type Lead, leadRoute, type PlacedHost } from "../envoy/shape/scoped.ts";
import { emitMisdirected, emitVirtualHost } from "../envoy/virtual-host.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { Bytes, Encoded } from "../ir/encoded.ts";
import type { Table, VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import { domainsOf, type EmittedRoute, type PlannedHostLookup, type ShownRoute, shownRoutes } from "./planned-host.ts";
import type { Pieces, RouteRank } from "./route-pieces.ts";
import { layOut, type Outline, outline, type Part, type Place, partsOf, placesOf, storeOf } from "./scope-layout.ts";
import { byKey, keep } from "./wiring.ts";

/** So many routes may be named before a lead because they come before a name's own. */
const manyBefore = 50;

/** What outlines are derived from. */
export interface OutlineInputs {
  readonly shape: (reads: Reads) => RouteTables;
  readonly virtualHosts: Collection<VirtualHost>;
  readonly withPorts: Collection<unknown>;
  readonly sizes: Collection<number>;
  readonly divisions: Collection<Division>;
}

/** Declares outlines, of which there are none while there are tables. */
export function declareOutlines(g: Graph, { shape, virtualHosts, ...lookup }: OutlineInputs): Collection<Outline> {
  const limits = { ...lookup, manyFor: (reads: Reads) => (shape(reads) === "pathed" ? 0 : manyRoutes) };
  return g.map("shape.outline", virtualHosts, (host, reads, key) =>
    keep(key, shape(reads) === "table" ? undefined : outline(host, domainsOf(lookup, host, reads), limits, reads)),
  );
}

/** What scopes are derived from. */
export interface ScopeInputs {
  readonly shape: (reads: Reads) => RouteTables;
  readonly tables: Collection<Table>;
  readonly outlines: Collection<Outline>;
  readonly planned: PlannedHostLookup;
  readonly pieces: Pieces;
}

/** Declares scopes. */
export function declareScopes(g: Graph, { shape, tables, outlines, planned, pieces }: ScopeInputs) {
  const preludes = g.map("shape.prelude", outlines, (one, reads, key) =>
    keep(key, preludeOf(one, planned, pieces, reads)),
  );
  const layouts = g.map("shape.layout", outlines, (one, reads, key) =>
    keep(key, layOut(one, reads.has(preludes, key))),
  );
  const places = g.map("shape.places", layouts, placesOf);
  const hosts = g.map("emit.PlacedHost", places, (place, reads, key) => {
    const prelude = place.shares ? reads.get(preludes, place.host.key) : undefined;
    return keep(key, emitPlace(place, prelude, planned, reads));
  });
  const byScope = g.group("virtual hosts by scope", hosts, ({ table }) => [table], byKey);
  const ofNames = g.map("emit.Scope", byScope, (own, _, key) => byName(emitScope(key, own)));
  // One without names tells Envoy, and who serves it, that there are scopes.
  const empty = g.map("emit.EmptyScope", tables, (table, reads) => {
    const key = wildScope(table.name);
    return shape(reads) === "table" || reads.has(byScope, key) ? { out: [] } : byName(emitScope(key, []));
  });
  const byLead = g.group("stores by scope", g.map("shape.store", layouts, storeOf), ({ lead }) => [lead.scope], byKey);
  const parts = g.map("shape.parts", byLead, partsOf);
  const ofParts = g.map("emit.Part", parts, (part, reads, key) => byName(emitPart(key, part, planned, pieces, reads)));
  return { places, parts, encodedScopes: g.union<Encoded>("scopes", ofNames, ofParts, empty) };
}

function byName(scope: Encoded): Derived<Encoded> {
  return keep(scope.name, scope);
}

function pathOf({ route }: EmittedRoute) {
  return route.match.path;
}

function routeOf({ route }: EmittedRoute) {
  return route;
}

/** What stands before a lead: a name's own routes, and what of the others comes before one of them. */
interface Prelude {
  readonly own: readonly ShownRoute[];
  readonly before: readonly ShownRoute[];
}

/**
 * The prelude of a virtual host that shares most of its routes; none if it would be long. A request that none of it
 * matches is for the others, and so is one that meets one of those before: whatever of the others comes first, no own
 * route comes before that.
 */
function preludeOf(
  { host, shared, division }: Outline,
  planned: PlannedHostLookup,
  pieces: Pieces,
  reads: Reads,
): Prelude | undefined {
  if (!shared || !division) return undefined;
  const routesOf = (set: string) => (set === shared.own ? planned.routesOf(set, reads) : []);
  const own = shownRoutes({ ...planned, routesOf }, host, reads);
  const near = comingBefore(own, { shared, division }, pieces, reads);
  if (!near) return undefined;
  return { own, before: shownRoutes({ ...planned, routesOf: (set) => near.get(set) ?? [] }, shared.rest, reads) };
}

/** What of the shared sets comes before one of a name's own routes and may meet the same path; none if it is much. */
function comingBefore(
  own: readonly EmittedRoute[],
  { shared, division }: Pick<Required<Outline>, "shared" | "division">,
  pieces: Pieces,
  reads: Reads,
): ReadonlyMap<string, readonly EmittedRoute[]> | undefined {
  const ownIn = Map.groupBy(own, (route) => bucketOf(pathOf(route), division));
  const anywhere = ownIn.get(undefined) ?? [];
  const numbers = anywhere.length > 0 ? Array(division.buckets).keys() : ownIn.keys();
  let found = 0;
  const near = new Map<string, EmittedRoute[]>();
  for (const number of new Set([...numbers, undefined])) {
    // What is in a bucket meets only what is there, too, or in several.
    const rivals = number === undefined ? own : [...(ownIn.get(number) ?? []), ...anywhere];
    for (const { set } of shared.rest.inherits) {
      // Few paths meet, and whether they do is told sooner than what comes first.
      const ranks = pieces
        .ranks({ set, division }, number, reads)
        .filter((one) =>
          rivals.some(({ route, encoded }) => mayMeet(one, encoded) && link.compareRoutes(one, route) < 0),
        );
      found += ranks.length;
      if (found > manyBefore) return undefined;
      near.set(set, [...(near.get(set) ?? []), ...ranks.flatMap((one) => pieces.route(one, reads) ?? [])]);
    }
  }
  for (const routes of near.values()) routes.sort((a, b) => link.compareRoutes(a.route, b.route));
  return near;
}

/** Whether some path may begin as both say. */
function mayMeet(a: Pick<RouteRank, "beginning">, b: Pick<RouteRank, "beginning">): boolean {
  return a.beginning.startsWith(b.beginning) || b.beginning.startsWith(a.beginning);
}

function firstOf(host: VirtualHost): Bytes | undefined {
  return host.misdirected && emitMisdirected(host.misdirected);
}

function emitPlace(place: Place, prelude: Prelude | undefined, planned: PlannedHostLookup, reads: Reads): PlacedHost {
  const { scope, domains, host, lead } = place;
  const routes = lead ? [...precede(prelude, lead), leadRoute(lead)] : shownRoutes(planned, host, reads);
  const first = lead && !prelude ? undefined : firstOf(host);
  const name = domains[0] ?? host.key;
  const emitted = emitVirtualHost({ table: scope, name, domains, more: knownHost, first, routes });
  return { ...emitted, portsMatter: reads.has(planned.withPorts, host.table), ...(lead ? { lead } : {}) };
}

function precede(prelude: Prelude | undefined, lead: Lead): readonly ShownRoute[] {
  if (!prelude) return [];
  return link.mergeRoutes([prelude.own, prelude.before.map((route) => asLead(route, lead))], routeOf);
}

function emitPart(
  key: string,
  { host, bucket: place }: Part,
  planned: PlannedHostLookup,
  { bucket }: Pieces,
  reads: Reads,
): Encoded {
  const inBucket = ({ division, number }: NonNullable<Part["bucket"]>, set: string) =>
    link.mergeRoutes(
      [number, undefined].map((one) => bucket({ set, division }, one, reads)),
      routeOf,
    );
  const lookup = place ? { ...planned, routesOf: (set: string) => inBucket(place, set) } : planned;
  const routes = shownRoutes(lookup, host, reads);
  const first = firstOf(host);
  const emitted = emitVirtualHost({ table: key, name: key, domains: ["*"], more: knownHost, first, routes });
  return emitScope(key, [{ ...emitted, portsMatter: false }]);
}
