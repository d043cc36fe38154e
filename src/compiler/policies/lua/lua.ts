/** lua: the user's own Lua sees every request and every answer. */
import { LuaSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type { Policy } from "../policy.ts";
import { emitLua } from "./emit.ts";
import { type LuaSettings, lowerLua } from "./lower.ts";

/** The policy of the Module's `lua_scripts`. */
export const lua: Policy<LuaSettings> = {
  name: "lua",
  filter: "envoy.filters.http.lua",
  type: LuaSchema.typeName,
  keys: ["lua_scripts"],
  without: "the script does not run",
  lower: lowerLua,
  emit: emitLua,
  why: () => ({ says: "runs a script on the request first, which may change it or answer it" }),
};
