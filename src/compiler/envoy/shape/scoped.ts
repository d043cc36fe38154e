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
import type { HostBytes, HostedRoute } from "../virtual-host.ts";
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
export interface PlacedHost extends HostBytes {
  /** Where it has many others beside it, so that with one of them not all are hashed. */
  readonly version?: string;
  /** The name of the scope that it leads to, which those of its buckets begin with. */
  readonly around?: string;
}

/** What tells the filter that a host is this one, though it has no route for a request. */
export const knownHost = encodeFields(VirtualHostSchema, {
  metadata: { filterMetadata: { [scopeFilter]: { known: true } } },
});

const ofAll = encodeFields(RouteConfigurationSchema, { requestHeadersToRemove: [scopeHeader] });
/** Scopes that Envoy finds by itself. */
const ofNamed = encodeFields(RouteConfigurationSchema, { typedPerFilterConfig: findsNothing });

/** A scope apart from its virtual hosts: whatever these are, it is the same. */
export interface ScopeFrame {
  readonly key: string;
  readonly name: string;
  readonly head: Bytes;
  /** What its table begins with, but for what many have alike. */
  readonly table: Bytes;
}

/** The frame of the scope with this key. */
export function frameScope(key: string, portsMatter: boolean): ScopeFrame {
  const name = scopeName(key);
  const fragments = [{ type: { case: "stringKey", value: key } as const }];
  const head = encodeFields(ScopedRouteConfigurationSchema, { name, key: { fragments } });
  return {
    key,
    name,
    head,
    table: encode(RouteConfigurationSchema, { name: key, ignorePortInHostMatching: !portsMatter }),
  };
}

/** Whether a scope, by its key, is for all names that have none of their own. */
export function isWild(key: string): boolean {
  return key.endsWith(wildScope(""));
}

/** A scope with the virtual hosts in it: one message for both. */
export function emitScope({ key, name, head, table }: ScopeFrame, hosts: readonly PlacedHost[]): Encoded {
  const wild = isWild(key);
  const led = hosts.find(({ around }) => around !== undefined)?.around;
  const around = wild ? name.slice(0, -wildScope("").length + 1) : led;
  const alike = wild ? [ofAll] : [ofAll, ofNamed];
  const content = inField(routeConfigurationField, [table, ...alike, ...hosts.flatMap(({ parts }) => parts)]);
  const parts = [head, ...content];
  return {
    type: "scope",
    name,
    key,
    version: wild ? wildVersion([head, table], hosts) : versionOf(parts),
    parts,
    clusters: hosts.map(({ clusters }) => clusters),
    ...(around === undefined ? {} : { around }),
  };
}

function wildVersion(frame: readonly Bytes[], hosts: readonly PlacedHost[]): string {
  const ofHosts = hosts.map(({ parts, version }) => version ?? versionOf(parts));
  return contentVersion([versionOf(frame), ...ofHosts].join());
}
