/** LOWER of the Module's `lua_scripts`. */
import { type Checked, type Diagnostic, diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ModuleConfig } from "../../api/index.ts";
import { luaProblem } from "./syntax.ts";

/** The script, as it was written. */
export interface LuaSettings {
  readonly script: string;
}

/** What is asked for, if it can be read as Lua. */
export function lowerLua({ lua_scripts: script }: ModuleConfig, at: Origin): Checked<LuaSettings> {
  if (script === undefined) return { diagnostics: [] };
  const here = child(at, "lua_scripts");
  const problem = luaProblem(script);
  if (problem !== undefined) return fail(syntax(here, problem));
  if (/\benvoy_on_(?:request|response)\b/.test(script)) return ok({ script });
  const idle = uncalled(here);
  return script.trim() === "" ? { diagnostics: [idle] } : ok({ script }, [idle]);
}

function syntax(at: Origin, problem: string): Diagnostic {
  return diagnose("lua/syntax", at, `lua_scripts is not Lua: ${problem}`, { traffic: "the script does not run" });
}

function uncalled(at: Origin): Diagnostic {
  return diagnose("lua/uncalled", at, "lua_scripts defines neither envoy_on_request nor envoy_on_response", {
    traffic: "nothing in the script sees a request or an answer",
    hint: "define function envoy_on_request(handle) or function envoy_on_response(handle)",
  });
}
