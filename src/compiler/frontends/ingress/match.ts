/**
 * LOWER of what an Ingress matches. `Prefix` counts whole segments, as the Ingress specification says;
 * `ImplementationSpecific` is a textual prefix, which is what a Mapping's is.
 */
import type { HostGlob } from "#base/hostname.ts";
import type { IngressPath } from "../../api/index.ts";
import type { PathMatch, RouteMatch } from "../../ir/match.ts";
import type { RouteDecl } from "../../ir/route.ts";
import { oneLabel } from "../ingress-names.ts";

/** What one path of a rule matches, and its place in the order apart from the tie. */
export type LoweredMatch = Pick<RouteDecl, "hosts" | "match" | "matchKey" | "order">;

/** The match of a path under a host. `tie` decides among equals. */
export function lowerMatch(glob: HostGlob, given: IngressPath, isLegacy: boolean, tie: string): LoweredMatch {
  const hosts = { kind: "glob", glob: glob.text } as const;
  const path = lowerPath(given, isLegacy);
  const match: RouteMatch = { path, headers: oneLabel(glob), query: [] };
  const authority = `:authority-${glob.text}`;
  const order = {
    // Nothing that is longer can match what is matched exactly, so this sets it before prefixes of its own length only.
    precedence: path.kind === "exact" ? 1 : 0,
    pathLength: textOf(path).length,
    headerLength: ":authority".length + (glob.kind === "any" ? 1 : glob.literal.length),
    queryLength: 0,
    path: textOf(path),
    headers: authority,
    query: "",
    tie,
  };
  // As for a Mapping, so that both share the requests when they match the same.
  return { hosts, match, order, matchKey: JSON.stringify([hosts, match, order.precedence, {}]) };
}

/** The match of a default backend: everything that nothing else matches. */
export function defaultMatch(tie: string): LoweredMatch {
  const hosts = { kind: "glob", glob: "*" } as const;
  const path = { kind: "prefix", prefix: "/", caseSensitive: true } as const;
  const order = {
    precedence: 0,
    pathLength: 0,
    headerLength: 0,
    queryLength: 0,
    path: "",
    headers: "",
    query: "",
    tie,
  };
  return { hosts, match: { path, headers: [], query: [] }, order, matchKey: "default backend" };
}

function lowerPath({ path, pathType }: IngressPath, isLegacy: boolean): PathMatch {
  if (pathType === "Exact") return { kind: "exact", path, caseSensitive: true };
  const segments = path.replace(/\/+$/, "");
  if (pathType !== "Prefix" || isLegacy) return { kind: "prefix", prefix: path, caseSensitive: true };
  return segments === ""
    ? { kind: "prefix", prefix: "/", caseSensitive: true }
    : { kind: "segments", prefix: segments };
}

function textOf(path: PathMatch): string {
  switch (path.kind) {
    case "exact":
      return path.path;
    case "regex":
      return path.regex;
    default:
      return path.prefix;
  }
}
