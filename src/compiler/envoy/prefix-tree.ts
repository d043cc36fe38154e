/**
 * How a virtual host with many routes is told to Envoy: by the literal beginnings of their paths, so that it finds by
 * one lookup what it would otherwise try route by route. Envoy takes the longest beginning that fits and looks no
 * further, so each has all routes that any path below it can match, in their order.
 */
import type { PathMatch } from "../ir/match.ts";

/** Indexes of routes, in their order: by beginning, and for paths that begin with none of these. */
export interface PrefixTree {
  readonly beginnings: ReadonlyMap<string, readonly number[]>;
  readonly rest: readonly number[];
}

/** Up to here trying one route after the other costs nothing that can be measured. */
export const manyRoutes = 300;

/** So often a route may be there on average: more, and memory is dear for what the lookup saves. */
const mostCopies = 3;

/** The tree of routes by their beginnings, of which "" is no beginning; undefined when too many would be copied. */
export function prefixTree(beginnings: readonly string[]): PrefixTree | undefined {
  const own = new Map<string, number[]>();
  beginnings.forEach((beginning, index) => {
    const group = own.get(beginning);
    if (group) group.push(index);
    else own.set(beginning, [index]);
  });
  const rest = own.get("") ?? [];
  own.delete("");
  if (own.size === 0) return undefined;
  const found = new Map<string, readonly number[]>();
  /** Those that begin the one looked at: sorted, a beginning comes right before everything that it begins. */
  const above: string[] = [];
  let left = beginnings.length * mostCopies;
  for (const beginning of [...own.keys()].sort()) {
    while (above.length > 0 && !beginning.startsWith(above.at(-1) ?? "")) above.pop();
    const inherited = found.get(above.at(-1) ?? "") ?? rest;
    const routes = merge(inherited, own.get(beginning) ?? []);
    left -= routes.length;
    if (left < 0) return undefined;
    found.set(beginning, routes);
    above.push(beginning);
  }
  return { beginnings: found, rest };
}

function merge(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.length === 0 ? b : [...a, ...b].sort((one, other) => one - other);
}

/** What every path that a route matches begins with, letter by letter; "" if that cannot be said. */
export function beginningOf(path: PathMatch): string {
  switch (path.kind) {
    case "segments":
      return path.prefix;
    case "prefix":
      return path.caseSensitive ? path.prefix : "";
    case "exact":
      return path.caseSensitive ? path.path : "";
    case "regex":
      return literalBeginning(path.regex);
  }
}

/** The plain ASCII characters that a regular expression begins with; none of one with alternatives. */
function literalBeginning(regex: string): string {
  if (regex.includes("|")) return "";
  const [, literal = "", next = ""] = /^\^?([\w/ !"#%&',:;<=>@`~-]*)(.?)/s.exec(regex) ?? [];
  // Of what a quantifier stands behind there may be none.
  return "?*{".includes(next) && next !== "" ? literal.slice(0, -1) : literal;
}
