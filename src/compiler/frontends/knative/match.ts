/** LOWER of what a path of a Knative Ingress matches: every path that begins with it, as a Mapping's prefix does. */
import type { HostGlob } from "#base/hostname.ts";
import type { NamedMatch, RouteMatch } from "../../ir/match.ts";
import type { RouteDecl } from "../../ir/route.ts";
import { oneLabel } from "../ingress-names.ts";

/** What one path matches under one host, and its place in the order. */
export type LoweredMatch = Pick<RouteDecl, "hosts" | "match" | "matchKey" | "order">;

/** The match of a path under a host. `tie` decides among equals. */
export function lowerMatch(
  glob: HostGlob,
  prefix: string,
  conditions: readonly NamedMatch[],
  tie: string,
): LoweredMatch {
  const hosts = { kind: "glob", glob: glob.text } as const;
  const path = { kind: "prefix", prefix, caseSensitive: true } as const;
  const match: RouteMatch = { path, headers: [...conditions, ...oneLabel(glob)], query: [] };
  const texts = conditions.map(({ name, match: of }) => `${name}-${of.kind === "exact" ? of.value : ""}`);
  const order = {
    precedence: 0,
    pathLength: prefix.length,
    headerLength: texts.join("").length + ":authority".length + (glob.kind === "any" ? 1 : glob.literal.length),
    queryLength: 0,
    path: prefix,
    headers: [...texts, `:authority-${glob.text}`].join(" "),
    query: "",
    tie,
  };
  // As for a Mapping, so that both share the requests when they match the same.
  return { hosts, match, order, matchKey: JSON.stringify([hosts, match, order.precedence, {}]) };
}
