/** Scopes: where the routes of every name are while tables are scoped, and the bytes of each such place. */
import { anyDivision, bucketOf, divide, divisionName, manyRoutes } from "../envoy/shape/division.ts";
import { wildScope } from "../envoy/shape/scope-name.ts";
import { asLead, emitScope, knownHost, type Lead, leadRoute, type PlacedHost } from "../envoy/shape/scoped.ts";
import { emitMisdirected, emitVirtualHost } from "../envoy/virtual-host.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { Encoded } from "../ir/encoded.ts";
import type { Table, VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import { domainsOf, type EmittedRoute, type PlannedHostLookup, type ShownRoute, shownRoutes } from "./planned-host.ts";
import {
  type Demand,
  demandKey,
  demandsOf,
  layOut,
  type Outline,
  outline,
  type Part,
  type Place,
  partsOf,
  placesOf,
  storeOf,
} from "./scope-layout.ts";
import { byKey, keep } from "./wiring.ts";

/** So many routes may be named before a lead because they come before a name's own. */
const manyBefore = 50;

/** What scopes are derived from. */
export interface ScopeInputs {
  readonly shape: (reads: Reads) => RouteTables;
  readonly tables: Collection<Table>;
  readonly virtualHosts: Collection<VirtualHost>;
  readonly emittedRoutes: Collection<EmittedRoute>;
  readonly planned: PlannedHostLookup;
}

/** Declares scopes. */
export function declareScopes(g: Graph, { shape, tables, virtualHosts, emittedRoutes, planned }: ScopeInputs) {
  const divisions = g.map("shape.division", planned.sets, (routes, reads, set) => {
    const chosen = shape(reads);
    const large = chosen === "pathed" || (chosen === "scoped" && routes.length > manyRoutes / 2);
    const division = large ? divide(routes, pathOf) : undefined;
    return keep(set, division ?? (chosen === "pathed" ? anyDivision : undefined));
  });
  const limits = { ...planned, divisions, manyFor: (reads: Reads) => (shape(reads) === "pathed" ? 0 : manyRoutes) };
  const outlines = g.map("shape.outline", virtualHosts, (host, reads, key) =>
    keep(key, shape(reads) === "table" ? undefined : outline(host, domainsOf(planned, host, reads), limits, reads)),
  );
  const bucket = declareBuckets(g, outlines, emittedRoutes);
  const preludes = g.map("shape.prelude", outlines, (one, reads, key) =>
    keep(key, preludeOf(one, planned, bucket, reads)),
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
  const ofNames = g.map("emit.Scope", byScope, (own, _, name) => keep(name, emitScope(name, own)));
  // One without names tells Envoy, and who serves it, that there are scopes.
  const empty = g.map("emit.EmptyScope", tables, (table, reads) => {
    const name = wildScope(table.name);
    return keep(name, shape(reads) === "table" || reads.has(byScope, name) ? undefined : emitScope(name, []));
  });
  const byLead = g.group("stores by scope", g.map("shape.store", layouts, storeOf), ({ lead }) => [lead.scope], byKey);
  const parts = g.map("shape.parts", byLead, partsOf);
  const ofParts = g.map("emit.Part", parts, (part, reads, name) =>
    keep(name, emitPart(name, part, planned, bucket, reads)),
  );
  return { places, parts, encodedScopes: g.union<Encoded>("scopes", ofNames, ofParts, empty) };
}

/** The routes of a set in one bucket, or, without a number, those for several; sets are divided as they are asked for. */
type BucketLookup = (demand: Demand, number: number | undefined, reads: Reads) => readonly EmittedRoute[];

function declareBuckets(g: Graph, outlines: Collection<Outline>, routes: Collection<EmittedRoute>): BucketLookup {
  const same = g.group("same demands", g.map("shape.demand", outlines, demandsOf), (one) => [demandKey(one)], byKey);
  const demands = g.map("shape.divided", same, ([one], _, key) => keep(key, one));
  const bySet = g.index("demands by set", demands, ({ set }) => [set]);
  const bucketed = g.map("shape.bucket", routes, (emitted, reads, key): Derived<EmittedRoute & { bucket: string }> => {
    const asked = reads.lookup(bySet, link.routeSet(emitted.route.hosts));
    const out = asked.map((demand) => {
      const bucket = bucketName(demand, bucketOf(pathOf(emitted), demand.division));
      return [`${key} ${divisionName(demand.division)}`, { ...emitted, bucket }] as const;
    });
    return { out };
  });
  const buckets = g.group(
    "routes by bucket",
    bucketed,
    ({ bucket }) => [bucket],
    (a, b) => link.compareRoutes(a.route, b.route),
  );
  return (demand, number, reads) => reads.get(buckets, bucketName(demand, number)) ?? [];
}

function bucketName(demand: Demand, number: number | undefined): string {
  return `${demandKey(demand)}|${number ?? ""}`;
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
  bucket: BucketLookup,
  reads: Reads,
): Prelude | undefined {
  if (!shared || !division) return undefined;
  const all = (set: string) => reads.get(planned.sets, set) ?? [];
  const own = shownRoutes({ ...planned, routesOf: (set) => (set === shared.own ? all(set) : []) }, host, reads);
  const numbers = new Set(own.map((route) => bucketOf(pathOf(route), division)));
  const near = (set: string) =>
    numbers.has(undefined)
      ? all(set)
      : link.mergeRoutes(
          [...numbers, undefined].map((number) => bucket({ set, division }, number, reads)),
          routeOf,
        );
  const before = shownRoutes({ ...planned, routesOf: near }, shared.rest, reads).filter((one) =>
    own.some((mine) => link.compareRoutes(one.route, mine.route) < 0 && mayMeet(one, mine)),
  );
  return before.length > manyBefore ? undefined : { own, before };
}

/** Whether some path may begin as both say. */
function mayMeet({ encoded: a }: EmittedRoute, { encoded: b }: EmittedRoute): boolean {
  return a.beginning.startsWith(b.beginning) || b.beginning.startsWith(a.beginning);
}

function firstOf(host: VirtualHost): Uint8Array | undefined {
  return host.misdirected && emitMisdirected(host.misdirected);
}

function emitPlace(place: Place, prelude: Prelude | undefined, planned: PlannedHostLookup, reads: Reads): PlacedHost {
  const { scope, domains, host, lead } = place;
  const routes = lead ? [...precede(prelude, lead), leadRoute(lead)] : shownRoutes(planned, host, reads);
  const first = lead && !prelude ? undefined : firstOf(host);
  const name = domains[0] ?? host.key;
  const emitted = emitVirtualHost({ table: scope, name, domains, metadata: knownHost, first, routes });
  return { ...emitted, portsMatter: reads.has(planned.withPorts, host.table), ...(lead ? { lead } : {}) };
}

function precede(prelude: Prelude | undefined, lead: Lead): readonly ShownRoute[] {
  if (!prelude) return [];
  return link.mergeRoutes([prelude.own, prelude.before.map((route) => asLead(route, lead))], routeOf);
}

function emitPart(
  name: string,
  { host, bucket: place }: Part,
  planned: PlannedHostLookup,
  bucket: BucketLookup,
  reads: Reads,
): Encoded {
  const routesOf =
    place &&
    ((set: string) => {
      const { division, number } = place;
      return link.mergeRoutes(
        [number, undefined].map((one) => bucket({ set, division }, one, reads)),
        routeOf,
      );
    });
  const routes = shownRoutes({ ...planned, ...(routesOf ? { routesOf } : {}) }, host, reads);
  const first = firstOf(host);
  const emitted = emitVirtualHost({ table: name, name, domains: ["*"], metadata: knownHost, first, routes });
  return emitScope(name, [{ ...emitted, portsMatter: false }]);
}
