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
  const action = (indexes: readonly number[]): Uint8Array => {
    const listed = [...before, ...indexes.flatMap((index) => routes[index] ?? [])].map(asListed);
    return field(onMatch.action, named, field(extension.typedConfig, typed, field(any.value, ...listed)));
  };
  const ends = [...tree.beginnings].map(([beginning, indexes]) =>
    field(matchMap.map, field(matchMap.key, Buffer.from(beginning)), field(matchMap.value, action(indexes))),
  );
  return field(
    virtualHost.matcher,
    field(matcher.matcherTree, field(matcherTree.input, path), field(matcherTree.prefixMatchMap, ...ends)),
    field(matcher.onNoMatch, action(tree.rest)),
  );
}

/** Routes that are framed for a virtual host, framed for a list: only the first byte of each frame is another. */
function asListed(framed: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(framed);
  for (let at = 0; at < bytes.length; at = fieldAt(bytes, at).end) bytes[at] = routeList.routes * 8 + 2;
  return bytes;
}
