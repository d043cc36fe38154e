/** EMIT of lua. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { LuaSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { LuaSettings } from "./lower.ts";

/** Envoy's filter with the script for all routes. */
export function emitLua({ script }: LuaSettings): Any {
  return pack(LuaSchema, { defaultSourceCode: { specifier: { case: "inlineString", value: script } } });
}
