/**
 * EMIT of virtual hosts: routes that are already bytes are put together under their names.
 * Nothing is encoded again, so an edit of one route costs a list and a hash of its own virtual host.
 */
import { RouteMatchSchema, RouteSchema, VirtualHostSchema } from "#gen/envoy/config/route/v3/route_components_pb.js";
import type { Bytes } from "../ir/encoded.ts";
import { routeVariants } from "../ir/exposure.ts";
import type { NamedMatch } from "../ir/match.ts";
import type { Exposure } from "../ir/virtual-host.ts";
import { concatenated, encode, encodeFields, inField, versionOf } from "./bytes.ts";
import { emitHeaderCondition } from "./match.ts";
import { manyRoutes, prefixTree } from "./prefix-tree.ts";
import { type EncodedRoute, frameRoute, piecesOf, protoCondition } from "./route.ts";
import { emitPrefixTree } from "./virtual-host-tree.ts";

/** A route within a virtual host: its bytes, how it is exposed there, and a further condition on `:authority`. */
export interface HostedRoute {
  readonly encoded: EncodedRoute;
  readonly exposure: Exposure;
  readonly authority?: NamedMatch;
}

/** The bytes of a virtual host, framed as a field of its RouteConfiguration. */
export interface HostBytes {
  /** In pieces, of which most are routes: the same ones as long as these do not change. */
  readonly parts: readonly Bytes[];
  readonly clusters: readonly string[];
}

/** An encoded virtual host. */
export interface EncodedVirtualHost extends HostBytes {
  readonly table: string;
  readonly version: string;
}

const virtualHostsField = 2;

/** What is put together to a virtual host. */
export interface VirtualHostContent {
  /** Its name, its domains and what else is not routes. */
  readonly head: readonly Bytes[];
  /** A framed route before all others, such as one that answers 421 to every secure request. */
  readonly first?: Bytes | undefined;
  readonly routes: readonly HostedRoute[];
}

/** What a virtual host begins with. */
export function emitHostHead(name: string, domains: readonly string[]): Bytes {
  return encode(VirtualHostSchema, { name, domains: [...domains] });
}

/** Puts a virtual host together. */
export function emitVirtualHost({ head, first, routes }: VirtualHostContent): HostBytes {
  const clusters = new Set<string>();
  for (const { encoded, exposure } of routes) {
    const { cluster, mirror } = encoded;
    if ((cluster === undefined && mirror === undefined) || !forwards(encoded, exposure)) continue;
    if (cluster !== undefined) clusters.add(cluster);
    if (mirror !== undefined) clusters.add(mirror);
  }
  const before = first ? [first] : [];
  return { parts: inField(virtualHostsField, [...head, ...inOrder(before, routes)]), clusters: [...clusters] };
}

function inOrder(before: readonly Bytes[], routes: readonly HostedRoute[]): readonly Bytes[] {
  const tree = routes.length > manyRoutes ? prefixTree(routes.map(({ encoded }) => encoded.beginning)) : undefined;
  // Whether there is a route that nobody sees is no difference.
  if (!tree) return [...before, ...routes.map(exposed).filter((bytes) => bytes !== "")];
  const listed = routes.map((route) => ({ encoded: route.encoded, bytes: exposed(route) }));
  return emitPrefixTree(tree, before, listed);
}

/** A virtual host of a table, in one piece, because there are so many that their pieces would be too many. */
export function inOnePiece(table: string, { parts, clusters }: HostBytes): EncodedVirtualHost {
  const whole = [concatenated(parts)];
  return { table, parts: whole, version: versionOf(whole), clusters };
}

/** Whether an exposure of a route lets any request have what the route asks for. */
function forwards({ proto }: EncodedRoute, exposure: Exposure): boolean {
  return exposure === "direct" || routeVariants(proto, exposure).some(({ toHttps }) => !toHttps);
}

const composed: Readonly<Record<Exposure, WeakMap<EncodedRoute, Bytes>>> = {
  direct: new WeakMap(),
  redirect: new WeakMap(),
  "secure-only": new WeakMap(),
  "redirect-only": new WeakMap(),
  hidden: new WeakMap(),
};

/** A route as an exposure shows it, framed; remembered per encoded route, whose bytes never change. */
function exposed({ encoded, exposure, authority }: HostedRoute): Bytes {
  if (authority) return compose(encoded, exposure, emitHeaderCondition(authority));
  if (exposure === "direct" && encoded.proto === undefined) return encoded.framed;
  const known = composed[exposure].get(encoded);
  if (known !== undefined) return known;
  const bytes = compose(encoded, exposure);
  composed[exposure].set(encoded, bytes);
  return bytes;
}

function compose(route: EncodedRoute, exposure: Exposure, ...conditions: readonly Bytes[]): Bytes {
  const { match, common, action } = piecesOf(route);
  return concatenated(
    routeVariants(route.proto, exposure).map(({ proto, toHttps }) => {
      const conditional = [match, ...conditions, ...(proto ? [protoCondition[proto]] : [])];
      return frameRoute({ match: concatenated(conditional), common, action: toHttps ? route.toHttps : action }).framed;
    }),
  );
}

/** A route that answers 421 to secure requests, or to all of them, framed for a virtual host. */
export const misdirected = { marked: emitMisdirected("marked"), all: emitMisdirected("all") } as const;

function emitMisdirected(secure: "marked" | "all"): Bytes {
  const route = { name: "misdirected", action: { case: "directResponse", value: { status: 421 } } } as const;
  const match = encode(RouteMatchSchema, { pathSpecifier: { case: "prefix", value: "/" } });
  return frameRoute({
    match: secure === "marked" ? concatenated([match, protoCondition.https]) : match,
    common: encodeFields(RouteSchema, { name: route.name }),
    action: encodeFields(RouteSchema, { action: route.action }),
  }).framed;
}
