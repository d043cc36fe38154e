/**
 * SHAPE `scoped`: every exact host is a resource of its own, which Envoy's scoped routes find, so that an edit costs
 * its own host however many others there are. Names with wildcards are together in one more.
 * Where a name does not have its routes itself, its virtual host has one route, the lead, whose name says where they are.
 */
import {
  FilterConfigSchema,
  RouteMatchSchema,
  RouteSchema,
  VirtualHostSchema,
} from "#gen/envoy/config/route/v3/route_components_pb.js";
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import { ScopedRouteConfigurationSchema } from "#gen/envoy/config/route/v3/scoped_route_pb.js";
import { LuaPerRouteSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type { Bytes, Encoded } from "../../ir/encoded.ts";
import { contentVersion, encode, encodeFields, inField, pack, versionOf } from "../bytes.ts";
import { type EncodedRoute, frameRoute, piecesOf } from "../route.ts";
import type { EncodedVirtualHost, HostedRoute } from "../virtual-host.ts";
import { type Division, divisionName } from "./division.ts";
import { scopeHeader, scopeName, wildScope } from "./scope-name.ts";

/** The name of the filter that finds scopes, of its configuration on routes, and of what virtual hosts tell it. */
export const scopeFilter = "dragoman.scope";

const routeConfigurationField = 5;

const findsNothing = { [scopeFilter]: pack(FilterConfigSchema, { disabled: true }) };
const finds = { [scopeFilter]: pack(FilterConfigSchema, { config: pack(LuaPerRouteSchema, { filterContext: {} }) }) };

/** Where the routes of a name are: in the scope with this key, or in one for each bucket. */
export interface Lead {
  readonly scope: string;
  readonly division?: Division;
}

/** The route of a virtual host whose other routes are elsewhere; for any path, and the last. */
export function leadRoute(lead: Lead): HostedRoute {
  const match = encode(RouteMatchSchema, { pathSpecifier: { case: "prefix", value: "/" } });
  return { encoded: leading(match, { proto: undefined, beginning: "" }, lead), exposure: "direct" };
}

/** A route in whose place, for the requests that it matches, stands the lead to where it is itself. */
export function asLead<T extends HostedRoute>(route: T, lead: Lead): T {
  return { ...route, encoded: leading(piecesOf(route.encoded).match, route.encoded, lead) };
}

type Matching = Pick<EncodedRoute, "beginning" | "proto">;

/** Its name says what it leads to; it switches the filter on, which others of its table may have switched off. */
function leading(match: Bytes, { beginning, proto }: Matching, { scope, division }: Lead): EncodedRoute {
  const name = `~${divisionName(division ?? whole)} ${scope}`;
  const common = encodeFields(RouteSchema, { name, typedPerFilterConfig: finds });
  const action = encodeFields(RouteSchema, { action: { case: "directResponse", value: { status: 404 } } });
  const framed = frameRoute({ match, common, action });
  return { ...framed, toHttps: action, cluster: undefined, mirror: undefined, proto, beginning };
}

const whole: Division = { depth: 0, buckets: 1 };

/** A virtual host in a scope. */
export interface PlacedHost extends EncodedVirtualHost {
  readonly portsMatter: boolean;
  /** Where its routes are, if they are elsewhere. */
  readonly lead?: Lead;
}

/** What tells the filter that a host is this one, though it has no route for a request. */
export const knownHost = encodeFields(VirtualHostSchema, {
  metadata: { filterMetadata: { [scopeFilter]: { known: true } } },
});

const ofAll = encodeFields(RouteConfigurationSchema, { requestHeadersToRemove: [scopeHeader] });
/** Scopes that Envoy finds by itself. */
const ofNamed = encodeFields(RouteConfigurationSchema, { typedPerFilterConfig: findsNothing });

/** A scope with the virtual hosts in it: one message for both. */
export function emitScope(key: string, hosts: readonly PlacedHost[]): Encoded {
  const leads = hosts.flatMap(({ lead }) => lead?.scope ?? []);
  const name = scopeName(key);
  const wild = key.endsWith(wildScope(""));
  const around = wild ? name.slice(0, -wildScope("").length + 1) : leads[0] && scopeName(leads[0]);
  const fragments = [{ type: { case: "stringKey", value: key } as const }];
  const head = encodeFields(ScopedRouteConfigurationSchema, { name, key: { fragments } });
  const ignorePortInHostMatching = !hosts.some((host) => host.portsMatter);
  const table = [
    encode(RouteConfigurationSchema, { name: key, ignorePortInHostMatching }),
    ofAll,
    ...(wild ? [] : [ofNamed]),
  ];
  return {
    type: "scope",
    name,
    key,
    version: contentVersion([versionOf([head, ...table]), ...hosts.map((host) => host.version)].join()),
    parts: [head, ...inField(routeConfigurationField, [...table, ...hosts.flatMap((host) => host.parts)])],
    clusters: hosts.map((host) => host.clusters),
    ...(around === undefined ? {} : { around }),
  };
}
