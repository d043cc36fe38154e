/** Scopes: where the routes of every name are while tables are scoped, and the bytes of each such place. */
import { anyDivision, bucketOf, divide, manyRoutes } from "../envoy/shape/division.ts";
import { emitLead, emitScope, knownHost, type PlacedHost } from "../envoy/shape/scoped.ts";
import { emitMisdirected, emitVirtualHost } from "../envoy/virtual-host.ts";
import type { Collection, Graph, Reads } from "../graph/index.ts";
import type { Encoded } from "../ir/encoded.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import { domainsOf, type EmittedRoute, type PlannedHostLookup, shownRoutes } from "./planned-host.ts";
import { layOut, type Part, type Place, partsOf, placesOf } from "./scope-layout.ts";
import { byKey, keep } from "./wiring.ts";

/** What scopes are derived from. */
export interface ScopeInputs {
  readonly shape: (reads: Reads) => RouteTables;
  readonly virtualHosts: Collection<VirtualHost>;
  readonly emittedRoutes: Collection<EmittedRoute>;
  readonly planned: PlannedHostLookup;
}

/** Declares scopes. */
export function declareScopes(g: Graph, { shape, virtualHosts, emittedRoutes, planned }: ScopeInputs) {
  const divisions = g.map("shape.division", planned.sets, (routes, reads, set) => {
    const chosen = shape(reads);
    const large = chosen === "pathed" || (chosen === "scoped" && routes.length > manyRoutes / 2);
    const division = large ? divide(routes, pathOf) : undefined;
    return keep(set, division ?? (chosen === "pathed" ? anyDivision : undefined));
  });
  const bucketed = g.map("shape.bucket", emittedRoutes, (emitted, reads, key) => {
    const set = link.routeSet(emitted.route.hosts);
    const division = reads.get(divisions, set);
    return keep(key, division && { ...emitted, bucket: bucketName(set, bucketOf(pathOf(emitted), division)) });
  });
  const buckets = g.group(
    "routes by bucket",
    bucketed,
    ({ bucket }) => [bucket],
    (a, b) => link.compareRoutes(a.route, b.route),
  );

  /** What of a route set may match a request of a part. */
  const routesFor =
    ({ bucket }: Part, reads: Reads) =>
    (set: string): readonly EmittedRoute[] => {
      const all = () => reads.get(planned.sets, set) ?? [];
      if (!bucket) return all();
      const division = reads.get(divisions, set);
      const asOther = division?.depth !== bucket.depth || division.buckets !== bucket.buckets;
      if (asOther)
        return all().filter((emitted) => (bucketOf(pathOf(emitted), bucket) ?? bucket.number) === bucket.number);
      const own = [bucket.number, undefined].map((number) => reads.get(buckets, bucketName(set, number)) ?? []);
      return link.mergeRoutes(own, ({ route }) => route);
    };

  const limits = { ...planned, divisions, manyFor: (reads: Reads) => (shape(reads) === "pathed" ? 0 : manyRoutes) };
  const layouts = g.map("shape.layout", virtualHosts, (host, reads, key) =>
    keep(key, shape(reads) === "table" ? undefined : layOut(host, domainsOf(planned, host, reads), limits, reads)),
  );
  const places = g.map("shape.places", layouts, placesOf);
  const hosts = g.map("emit.PlacedHost", places, (place, reads, key) => keep(key, emitPlace(place, planned, reads)));
  const byScope = g.group("virtual hosts by scope", hosts, ({ table }) => [table], byKey);
  const ofNames = g.map("emit.Scope", byScope, (own, _, name) => keep(name, emitScope(name, own)));
  const parts = g.map("shape.parts", layouts, partsOf);
  const ofParts = g.map("emit.Part", parts, (part, reads, name) => {
    const content = contentOf(part.host, { ...planned, routesOf: routesFor(part, reads) }, reads);
    const host = emitVirtualHost({ table: name, name, domains: ["*"], metadata: knownHost, ...content });
    return keep(name, emitScope(name, [{ ...host, portsMatter: false }]));
  });
  return { places, parts, encodedScopes: g.union<Encoded>("scopes", ofNames, ofParts) };
}

function pathOf({ route }: EmittedRoute) {
  return route.match.path;
}

function bucketName(set: string, number: number | undefined): string {
  return `${set}|${number ?? ""}`;
}

function contentOf(host: VirtualHost, lookup: PlannedHostLookup, reads: Reads) {
  return {
    first: host.misdirected && emitMisdirected(host.misdirected),
    routes: shownRoutes(lookup, host, reads),
  };
}

function emitPlace({ scope, domains, host, lead }: Place, planned: PlannedHostLookup, reads: Reads): PlacedHost {
  const content = lead ? { first: emitLead(lead), routes: [] } : contentOf(host, planned, reads);
  const name = domains[0] ?? host.key;
  const emitted = emitVirtualHost({ table: scope, name, domains, metadata: knownHost, ...content });
  return { ...emitted, portsMatter: reads.has(planned.withPorts, host.table), ...(lead ? { lead } : {}) };
}
