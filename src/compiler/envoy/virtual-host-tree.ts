/**
 * EMIT of a virtual host's routes as a tree: the same routes, framed for lists that stand at the ends of a lookup by the
 * path's beginning.
 */
import { type RouteList, RouteListSchema, type VirtualHost } from "#gen/envoy/config/route/v3/route_components_pb.js";
import { HttpRequestHeaderMatchInputSchema } from "#gen/envoy/type/matcher/v3/http_inputs_pb.js";
import { TypedExtensionConfigSchema } from "#gen/xds/core/v3/extension_pb.js";
import { encode, field, fieldAt, pack } from "./bytes.ts";
import type { PrefixTree } from "./prefix-tree.ts";

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
const named = field(extension.name, Buffer.from("routes"));
const typed = field(any.typeUrl, Buffer.from(`type.googleapis.com/${RouteListSchema.typeName}`));

/** The field of VirtualHost that takes the place of its routes, all framed; those `before` come first wherever they are. */
export function emitPrefixTree(tree: PrefixTree, before: readonly Uint8Array[], routes: readonly Uint8Array[]) {
  const listOf = (indexes: readonly number[]) => [...before, ...indexes.flatMap((index) => routes[index] ?? [])];
  const ends = [...tree.beginnings].map(([beginning, indexes]) => endOf(beginning, listOf(indexes)));
  return field(
    virtualHost.matcher,
    field(matcher.matcherTree, field(matcherTree.input, path), field(matcherTree.prefixMatchMap, ...ends)),
    field(matcher.onNoMatch, emitList(listOf(tree.rest))),
  );
}

/** What stands in the tree under a beginning. */
interface End {
  readonly beginning: string;
  readonly routes: readonly Uint8Array[];
  readonly bytes: Uint8Array;
}

/** By the last of its routes, which most ends have for themselves: an edit finds all others here. */
const known = new WeakMap<Uint8Array, End>();

function endOf(beginning: string, routes: readonly Uint8Array[]): Uint8Array {
  const last = routes.at(-1);
  const end = last && known.get(last);
  const isSame = end?.beginning === beginning && end.routes.length === routes.length;
  if (isSame && end.routes.every((route, index) => route === routes[index])) return end.bytes;
  const key = field(matchMap.key, Buffer.from(beginning));
  const bytes = field(matchMap.map, key, field(matchMap.value, emitList(routes)));
  if (last) known.set(last, { beginning, routes, bytes });
  return bytes;
}

function emitList(routes: readonly Uint8Array[]): Uint8Array {
  const list = field(any.value, ...routes.map(asListed));
  return field(onMatch.action, named, field(extension.typedConfig, typed, list));
}

/** Routes that are framed for a virtual host, framed for a list: only the first byte of each frame is another. */
function asListed(framed: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(framed);
  for (let at = 0; at < bytes.length; at = fieldAt(bytes, at).end) bytes[at] = routeList.routes * 8 + 2;
  return bytes;
}
