/**
 * Whether a text is Lua, as far as can be told without running it. Envoy would refuse a filter with a script that is
 * not, and a starting Envoy answers 500 to everything where a filter is missing.
 */
import luaparse from "luaparse";

/** What is wrong with a script, with the line, or nothing. */
export function luaProblem(script: string): string | undefined {
  const end = script.indexOf("\0");
  if (end >= 0) return `line ${script.slice(0, end).split("\n").length}: there is a NUL byte`;
  try {
    luaparse.parse(asLua52(script), options);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError && "line" in error) return `line ${error.line}: ${withoutLiterals(error.message)}`;
    if (error instanceof RangeError) return "it is nested too deeply";
    throw error;
  }
}

const options: Partial<luaparse.Options> = { luaVersion: "5.2", comments: false, scope: false };

const number = /(?<![\w.])(0x[\da-f.]*(?:p[+-]?\d+)?|\d[\d.]*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)(?:u?ll|i)\b/gi;
const binary = /(?<![\w.])0b[01]+(?:u?ll|i)?\b/gi;

/**
 * Envoy's LuaJIT is built as Lua 5.2, with a few literals of its own and letters beyond ASCII in names. They are
 * replaced by what 5.2 knows, in strings and comments too, where nothing looks at them; lines stay as they are.
 */
function asLua52(script: string): string {
  return script
    .replace(/^\uFEFF/, "")
    .replace(binary, "0")
    .replace(number, "$1")
    .replace(/\\u\{[\da-f]+\}/gi, "\\a")
    .replace(/[\u0080-\uFFFF]/g, "a");
}

/** The parser quotes what it met, which may be a secret of the script. */
function withoutLiterals(message: string): string {
  return message
    .replace(/^\[\d+:\d+\] /, "")
    .replace(/ near '.*$/s, "")
    .replace(/^(unexpected (?:string|number|identifier)) '.*$/s, "$1");
}
