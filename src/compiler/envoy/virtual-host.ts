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

/** An encoded virtual host, framed as a field of its RouteConfiguration. */
export interface EncodedVirtualHost {
  /** Or the scope. */
  readonly table: string;
  /** In pieces, of which most are routes: the same ones as long as these do not change. */
  readonly parts: readonly Bytes[];
  readonly version: string;
  readonly clusters: readonly string[];
}

const virtualHostsField = 2;

/** What is put together to a virtual host. */
export interface VirtualHostContent {
  readonly table: string;
  readonly name: string;
  readonly domains: readonly string[];
  /** Further fields, encoded. */
  readonly more?: Bytes;
  /** A framed route before all others, such as one that answers 421 to every secure request. */
  readonly first?: Bytes | undefined;
  readonly routes: readonly HostedRoute[];
}

/** Puts a virtual host together. */
export function emitVirtualHost({ table, name, domains, more, first, routes }: VirtualHostContent) {
  const head = encode(VirtualHostSchema, { name, domains: [...domains] });
  const clusters = new Set<string>();
  for (const { encoded, exposure } of routes) {
    if (!forwards(encoded, exposure)) continue;
    const { cluster, mirror } = encoded;
    if (cluster !== undefined) clusters.add(cluster);
    if (mirror !== undefined) clusters.add(mirror);
  }
  const listed = routes.map((route) => ({ encoded: route.encoded, bytes: exposed(route) }));
  const tree = routes.length > manyRoutes ? prefixTree(routes.map(({ encoded }) => encoded.beginning)) : undefined;
  const before = first ? [first] : [];
  // Whether there is a route that nobody sees is no difference.
  const list = () => listed.flatMap(({ bytes }) => (bytes === "" ? [] : [bytes]));
  const inOrder = tree ? emitPrefixTree(tree, before, listed) : [...before, ...list()];
  const parts = inField(virtualHostsField, [head, ...(more ? [more] : []), ...inOrder]);
  const host: EncodedVirtualHost = { table, parts, version: versionOf(parts), clusters: [...clusters] };
  return host;
}

/** The same in one piece, where there are so many virtual hosts that their pieces would be too many. */
export function inOnePiece(host: EncodedVirtualHost): EncodedVirtualHost {
  return { ...host, parts: [concatenated(host.parts)] };
}

/** Whether an exposure of a route lets any request have what the route asks for. */
function forwards({ proto }: EncodedRoute, exposure: Exposure): boolean {
  return routeVariants(proto, exposure).some(({ toHttps }) => !toHttps);
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
export function emitMisdirected(secure: "marked" | "all"): Bytes {
  const route = { name: "misdirected", action: { case: "directResponse", value: { status: 421 } } } as const;
  const match = encode(RouteMatchSchema, { pathSpecifier: { case: "prefix", value: "/" } });
  return frameRoute({
    match: secure === "marked" ? concatenated([match, protoCondition.https]) : match,
    common: encodeFields(RouteSchema, { name: route.name }),
    action: encodeFields(RouteSchema, { action: route.action }),
  }).framed;
}
