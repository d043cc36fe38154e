/** Scopes: where the routes of every name are while tables are scoped, and the bytes of each such place. */
import { versionOf } from "../envoy/bytes.ts";
import { wildScope } from "../envoy/shape/scope-name.ts";
import { asLead, emitScope, frameScope, isWild, knownHost, type Lead, type PlacedHost } from "../envoy/shape/scoped.ts";
import { emitVirtualHost, misdirected } from "../envoy/virtual-host.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { Bytes, Encoded } from "../ir/encoded.ts";
import type { Table, VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import { type EmittedRoute, type PlannedHostLookup, type ShownRoute, shownRoutes } from "./planned-host.ts";
import type { Pieces } from "./route-pieces.ts";
import {
  type Layout,
  type Part,
  type Place,
  type Prelude,
  partsOf,
  placeKey,
  placesOf,
  storeOf,
} from "./scope-layout.ts";
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
  const places = g.map("shape.places", layouts, (layout, reads) =>
    placesOf(layout, reads.has(planned.withPorts, layout.host.table)),
  );
  // Those of wildcards are together in one scope; all others are nearly always alone.
  const wildHosts = g.map("emit.WildHost", places, (place, reads, key) =>
    keep(key, isWild(place.frame.key) ? emitWildHost(place, { planned, pieces, reads }) : undefined),
  );
  const byScope = g.group("places by scope", places, ({ frame }) => [frame.key], byKey);
  const ofNames = g.map("emit.Scope", byScope, (together, reads, key) => {
    const emit = (place: Place) =>
      isWild(key) ? reads.get(wildHosts, placeKey(place)) : emitPlace(place, { planned, pieces, reads });
    return ofPlaces(together, emit);
  });
  // One without names tells Envoy, and who serves it, that there are scopes.
  const empty = g.map("emit.EmptyScope", tables, (table, reads) => {
    const key = wildScope(table.name);
    const isNeeded = shape(reads) !== "table" && !reads.has(byScope, key);
    return isNeeded ? byName(emitScope(frameScope(key, false), [])) : { out: [] };
  });
  const byLead = g.group("stores by scope", g.map("shape.store", layouts, storeOf), ({ lead }) => [lead.scope], byKey);
  const parts = g.map("shape.parts", byLead, partsOf);
  const ofParts = g.map("emit.Part", parts, (part, reads) => byName(emitPart(part, { planned, pieces, reads })));
  return { places, parts, encodedScopes: g.union<Encoded>("scopes", ofNames, ofParts, empty) };
}

function ofPlaces(places: readonly Place[], emit: (place: Place) => PlacedHost | undefined): Derived<Encoded> {
  const frame = places[0]?.frame;
  const hosts = places.flatMap((place) => emit(place) ?? []);
  return frame ? byName(emitScope(frame, hosts)) : { out: [] };
}

function byName(scope: Encoded): Derived<Encoded> {
  return keep(scope.name, scope);
}

function routeOf({ route }: EmittedRoute) {
  return route;
}

function firstOf({ misdirected: secure }: VirtualHost): Bytes | undefined {
  return secure && misdirected[secure];
}

function emitPlace({ head: named, host, lead, shares }: Place, found: Found): PlacedHost {
  const head = [named, knownHost];
  if (!lead) {
    return emitVirtualHost({ head, first: firstOf(host), routes: shownRoutes(found.planned, host, found.reads) });
  }
  const routes = [...(shares ? preludeOf(host, shares, lead, found) : []), lead.route];
  return { ...emitVirtualHost({ head, first: shares && firstOf(host), routes }), around: lead.around };
}

function emitWildHost(place: Place, found: Found): PlacedHost {
  const host = emitPlace(place, found);
  return { ...host, version: versionOf(host.parts) };
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

function emitPart({ frame, head, host, bucket }: Part, { planned, pieces, reads }: Found): Encoded {
  const inBucket = ({ division, number }: NonNullable<Part["bucket"]>, set: string) =>
    link.mergeRoutes(
      [number, undefined].map((one) => pieces.bucket({ set, division }, one, reads)),
      routeOf,
    );
  const lookup = bucket ? { ...planned, routesOf: (set: string) => inBucket(bucket, set) } : planned;
  const routes = shownRoutes(lookup, host, reads);
  return emitScope(frame, [emitVirtualHost({ head: [head, knownHost], first: firstOf(host), routes })]);
}
