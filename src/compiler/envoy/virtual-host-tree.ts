/**
 * EMIT of a virtual host's routes as a tree: the same routes, framed for lists that stand at the ends of a lookup by the
 * path's beginning.
 */
import { type RouteList, RouteListSchema, type VirtualHost } from "#gen/envoy/config/route/v3/route_components_pb.js";
import { HttpRequestHeaderMatchInputSchema } from "#gen/envoy/type/matcher/v3/http_inputs_pb.js";
import { TypedExtensionConfigSchema } from "#gen/xds/core/v3/extension_pb.js";
import { type Bytes, toBytes } from "../ir/encoded.ts";
import { encode, field, fieldAt, inField, pack, slice } from "./bytes.ts";
import type { PrefixTree } from "./prefix-tree.ts";
import type { EncodedRoute } from "./route.ts";

/** Numbers of fields, by message. */
const virtualHost = { matcher: 21 } satisfies Partial<Record<keyof VirtualHost, number>>;
const routeList = { routes: 1 } satisfies Partial<Record<keyof RouteList, number>>;
const matcher = { matcherTree: 2, onNoMatch: 3 };
const matcherTree = { input: 1, prefixMatchMap: 3 };
const matchMap = { map: 1, key: 1, value: 2 };
const onMatch = { action: 2 };
const extension = { name: 1, typedConfig: 2 };
const any = { typeUrl: 1, value: 2 };

const path = encode(TypedExtensionConfigSchema, {
  name: "path",
  typedConfig: pack(HttpRequestHeaderMatchInputSchema, { headerName: ":path" }),
});
const named = field(extension.name, text("routes"));
const typed = field(any.typeUrl, text(`type.googleapis.com/${RouteListSchema.typeName}`));

/** A route as the virtual host shows it, framed for it. */
export interface ListedRoute {
  readonly encoded: EncodedRoute;
  readonly bytes: Bytes;
}

/**
 * The pieces of the field of VirtualHost that takes the place of its routes; those `before` come first wherever they
 * are.
 */
export function emitPrefixTree(
  tree: PrefixTree,
  before: readonly Bytes[],
  routes: readonly ListedRoute[],
): readonly Bytes[] {
  const listOf = (indexes: readonly number[]) => indexes.flatMap((index) => routes[index] ?? []);
  const ends = [...tree.beginnings].map(([beginning, indexes]) => endOf(beginning, before, listOf(indexes)));
  const rest = [...before, ...listOf(tree.rest).map(({ bytes }) => bytes)];
  const lookup = [field(matcherTree.input, path), ...inField(matcherTree.prefixMatchMap, ends)];
  const both = [...inField(matcher.matcherTree, lookup), field(matcher.onNoMatch, emitList(rest))];
  return inField(virtualHost.matcher, both);
}

/** What stands in the tree under a beginning. */
interface End {
  readonly beginning: string;
  readonly routes: readonly Bytes[];
  readonly bytes: Bytes;
}

/** By the last of its routes, which most ends have for themselves: an edit finds all others here. */
const known = new WeakMap<EncodedRoute, End>();

function endOf(beginning: string, before: readonly Bytes[], listed: readonly ListedRoute[]): Bytes {
  const last = listed.at(-1)?.encoded;
  const routes = [...before, ...listed.map(({ bytes }) => bytes)];
  const end = last && known.get(last);
  const isSame = end?.beginning === beginning && end.routes.length === routes.length;
  if (isSame && end.routes.every((route, index) => route === routes[index])) return end.bytes;
  const bytes = field(matchMap.map, field(matchMap.key, text(beginning)), field(matchMap.value, emitList(routes)));
  if (last) known.set(last, { beginning, routes, bytes });
  return bytes;
}

function emitList(routes: readonly Bytes[]): Bytes {
  const list = field(any.value, ...routes.map(asListed));
  return field(onMatch.action, named, field(extension.typedConfig, typed, list));
}

/** Routes that are framed for a virtual host, framed for a list: only the first byte of each frame is another. */
function asListed(framed: Bytes): Bytes {
  const frames: string[] = [];
  for (let at = 0, end: number; at < framed.length; at = end) {
    ({ end } = fieldAt(framed, at));
    frames.push(listTag, slice(framed, at + 1, end));
  }
  return frames.join("") as Bytes;
}

const listTag = String.fromCharCode(routeList.routes * 8 + 2);

function text(value: string): Bytes {
  return toBytes(Buffer.from(value));
}
