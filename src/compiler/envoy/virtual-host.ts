/**
 * EMIT of virtual hosts: routes that are already bytes are put together under their names.
 * Nothing is encoded again, so an edit of one route costs a copy of its own virtual host.
 */
import { RouteMatchSchema, RouteSchema, VirtualHostSchema } from "#gen/envoy/config/route/v3/route_components_pb.js";
import { routeVariants } from "../ir/exposure.ts";
import type { NamedMatch } from "../ir/match.ts";
import type { Exposure } from "../ir/virtual-host.ts";
import { concatenated, contentVersion, encode, encodeFields, field } from "./bytes.ts";
import { emitHeaderCondition, matchField } from "./match.ts";
import { manyRoutes, prefixTree } from "./prefix-tree.ts";
import { type EncodedRoute, protoCondition } from "./route.ts";
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
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly clusters: readonly string[];
}

const routesField = 3;
const virtualHostsField = 2;

/** What is put together to a virtual host. */
export interface VirtualHostContent {
  readonly table: string;
  readonly name: string;
  readonly domains: readonly string[];
  /** Further fields, encoded. */
  readonly more?: Uint8Array;
  /** A framed route before all others, such as one that answers 421 to every secure request. */
  readonly first?: Uint8Array | undefined;
  readonly routes: readonly HostedRoute[];
}

/** Puts a virtual host together. */
export function emitVirtualHost({ table, name, domains, more, first, routes }: VirtualHostContent) {
  const head = encode(VirtualHostSchema, { name, domains: [...domains] });
  const framed: Uint8Array[] = [];
  const clusters = new Set<string>();
  for (const hosted of routes) {
    const { bytes, forwards } = exposed(hosted);
    framed.push(bytes);
    if (!forwards) continue;
    const { cluster, mirror } = hosted.encoded;
    if (cluster !== undefined) clusters.add(cluster);
    if (mirror !== undefined) clusters.add(mirror);
  }
  const tree = routes.length > manyRoutes ? prefixTree(routes.map(({ encoded }) => encoded.beginning)) : undefined;
  const before = first ? [first] : [];
  const inOrder = tree ? [emitPrefixTree(tree, before, framed)] : [...before, ...framed];
  const bytes = field(virtualHostsField, head, ...(more ? [more] : []), ...inOrder);
  const host: EncodedVirtualHost = { table, bytes, version: contentVersion(bytes), clusters: [...clusters] };
  return host;
}

/** A route as one exposure shows it: framed routes, and whether any of them does what the route asks for. */
interface Exposed {
  readonly bytes: Uint8Array;
  readonly forwards: boolean;
}

const composed: Readonly<Record<Exposure, WeakMap<EncodedRoute, Exposed>>> = {
  direct: new WeakMap(),
  redirect: new WeakMap(),
  "secure-only": new WeakMap(),
  "redirect-only": new WeakMap(),
  hidden: new WeakMap(),
};

/** What an exposure shows of a route; remembered per encoded route, whose bytes never change. */
function exposed({ encoded, exposure, authority }: HostedRoute): Exposed {
  if (authority) return compose(encoded, exposure, emitHeaderCondition(authority));
  const known = composed[exposure].get(encoded);
  if (known) return known;
  const result = compose(encoded, exposure);
  composed[exposure].set(encoded, result);
  return result;
}

function compose(route: EncodedRoute, exposure: Exposure, ...conditions: readonly Uint8Array[]): Exposed {
  const variants = routeVariants(route.proto, exposure);
  const routes = variants.map(({ proto, toHttps }) => {
    const match = matchField(route.match, ...conditions, ...(proto ? [protoCondition[proto]] : []));
    return field(routesField, match, route.common, toHttps ? route.toHttps : route.action);
  });
  const [only] = routes;
  const bytes = only && routes.length === 1 ? only : concatenated(routes);
  return { bytes, forwards: variants.some(({ toHttps }) => !toHttps) };
}

/** A route that answers 421 to secure requests, or to all of them, framed for a virtual host. */
export function emitMisdirected(secure: "marked" | "all"): Uint8Array {
  const route = { name: "misdirected", action: { case: "directResponse", value: { status: 421 } } } as const;
  const match = { pathSpecifier: { case: "prefix", value: "/" } } as const;
  return field(
    routesField,
    matchField(encode(RouteMatchSchema, match), ...(secure === "marked" ? [protoCondition.https] : [])),
    encodeFields(RouteSchema, route),
  );
}
