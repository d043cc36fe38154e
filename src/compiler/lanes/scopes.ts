/** Scopes: where the routes of every name are while tables are scoped, and the bytes of each such place. */
import { wildScope } from "../envoy/shape/scope-name.ts";
import { asLead, emitScope, knownHost, type Lead, leadRoute, type PlacedHost } from "../envoy/shape/scoped.ts";
import { emitMisdirected, emitVirtualHost } from "../envoy/virtual-host.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { Bytes, Encoded } from "../ir/encoded.ts";
import type { Table, VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import { type EmittedRoute, type PlannedHostLookup, type ShownRoute, shownRoutes } from "./planned-host.ts";
import type { Pieces } from "./route-pieces.ts";
import { type Layout, type Part, type Place, type Prelude, partsOf, placesOf, storeOf } from "./scope-layout.ts";
import { byKey, keep } from "./wiring.ts";

/** What scopes are derived from. */
export interface ScopeInputs {
  readonly shape: (reads: Reads) => RouteTables;
  readonly tables: Collection<Table>;
  readonly layouts: Collection<Layout>;
  readonly planned: PlannedHostLookup;
  readonly pieces: Pieces;
}

/** Declares scopes. */
export function declareScopes(g: Graph, { shape, tables, layouts, planned, pieces }: ScopeInputs) {
  const places = g.map("shape.places", layouts, placesOf);
  const hosts = g.map("emit.PlacedHost", places, (place, reads, key) =>
    keep(key, emitPlace(place, planned, pieces, reads)),
  );
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

function routeOf({ route }: EmittedRoute) {
  return route;
}

function firstOf(host: VirtualHost): Bytes | undefined {
  return host.misdirected && emitMisdirected(host.misdirected);
}

function emitPlace(place: Place, planned: PlannedHostLookup, pieces: Pieces, reads: Reads): PlacedHost {
  const { scope, domains, host, lead, shares } = place;
  const before = shares && lead ? preludeOf(host, shares, lead, { planned, pieces, reads }) : [];
  const routes = lead ? [...before, leadRoute(lead)] : shownRoutes(planned, host, reads);
  const first = lead && !shares ? undefined : firstOf(host);
  const name = domains[0] ?? host.key;
  const emitted = emitVirtualHost({ table: scope, name, domains, more: knownHost, first, routes });
  return { ...emitted, portsMatter: reads.has(planned.withPorts, host.table), ...(lead ? { lead } : {}) };
}

/** Where routes are found. */
interface Found {
  readonly planned: PlannedHostLookup;
  readonly pieces: Pieces;
  readonly reads: Reads;
}

/**
 * What stands before a lead. A request that none of it matches is for the others, and so is one that meets one of those
 * before its own: whatever of the others comes first, no own route comes before that.
 */
function preludeOf(
  host: VirtualHost,
  { own, rest, before }: Prelude,
  lead: Lead,
  { planned, pieces, reads }: Found,
): readonly ShownRoute[] {
  const ofOwn = (set: string) => (set === own ? planned.routesOf(set, reads) : []);
  const shown = shownRoutes({ ...planned, routesOf: ofOwn }, host, reads);
  if (before.length === 0) return shown;
  const ofOthers = (set: string) =>
    before.flatMap((one) => (one.set === set ? one.routes.flatMap((key) => pieces.route(key, reads) ?? []) : []));
  const others = shownRoutes({ ...planned, routesOf: ofOthers }, rest, reads);
  return link.mergeRoutes([shown, others.map((route) => asLead(route, lead))], routeOf);
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
