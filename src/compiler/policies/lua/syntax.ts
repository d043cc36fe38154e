/**
 * Whether a text is Lua, as far as can be told without running it. Envoy would refuse a filter with a script that is
 * not, and a starting Envoy answers 500 to everything where a filter is missing.
 */
import luaparse from "luaparse";

/** What is wrong with a script, with the line, or nothing. */
export function luaProblem(script: string): string | undefined {
  const end = script.indexOf("\0");
  if (end >= 0) return `line ${script.slice(0, end).split("\n").length}: there is a NUL byte`;
  // Envoy's LuaJIT takes its own additions and those of Lua 5.2, which the parser only knows one at a time.
  const problem = problemAs("LuaJIT", script);
  return problem === undefined || problemAs("5.2", script) === undefined ? undefined : problem;
}

type Options = Partial<luaparse.Options>;

function problemAs(dialect: string, script: string): string | undefined {
  const options = { luaVersion: dialect, comments: false, scope: false, extendedIdentifiers: true };
  try {
    luaparse.parse(script, options as Options);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError && "line" in error) {
      return `line ${error.line}: ${withoutLiterals(error.message)}`;
    }
    if (error instanceof RangeError) return "it is nested too deeply";
    throw error;
  }
}

/** The parser quotes what it met, which may be a secret of the script. */
function withoutLiterals(message: string): string {
  return message
    .replace(/^\[\d+:\d+\] /, "")
    .replace(/ near '.*$/s, "")
    .replace(/^(unexpected (?:string|number|identifier)) '.*$/s, "$1");
}
