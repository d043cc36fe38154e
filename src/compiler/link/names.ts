/**
 * LINK: host globs as keys. Routes and hosts find each other by looking up names, never by comparing all with all:
 * a name asks for itself and for the few globs that can cover it.
 */
import { compareSpecificity, covers, type HostGlob, overlaps, parseGlob } from "#base/hostname.ts";
import type { RouteHosts } from "../ir/match.ts";

/** Route sets that are not for one host glob. */
export const regexSet = "~regex";
export const selectedSet = "~selected";

/** The route set that a route belongs to. */
export function routeSet(hosts: RouteHosts): string {
  switch (hosts.kind) {
    case "glob":
      return hosts.glob;
    case "regex":
      return regexSet;
    case "selected":
      return selectedSet;
  }
}

/**
 * The regular globs that cover a glob, apart from itself, most specific first: `a.b.c` is covered by `*.b.c`, `*.c`
 * and `*`. Irregular ones (`*b.c`, `a.*`) are few and are asked for apart.
 */
export function coveringKeys(glob: HostGlob): readonly string[] {
  if (glob.kind === "any") return [];
  if (glob.kind === "prefix") return ["*"];
  const keys: string[] = [];
  for (let dot = glob.literal.indexOf(".", 1); dot >= 0; dot = glob.literal.indexOf(".", dot + 1)) {
    keys.push(`*${glob.literal.slice(dot)}`);
  }
  keys.push("*");
  return keys;
}

/** Whether a glob is one that `coveringKeys` never gives: a wildcard that does not end at a dot. */
export function isIrregular(glob: HostGlob): boolean {
  return glob.kind === "prefix" || (glob.kind === "suffix" && !glob.literal.startsWith("."));
}

/** How a set's glob relates to a name: all of its requests, some of them, or none. */
export function relation(set: HostGlob, name: HostGlob): "all" | "some" | "none" {
  if (covers(set, name)) return "all";
  if (covers(name, set)) return "none";
  return overlaps(set, name) ? "some" : "none";
}

/** The most specific of the globs that cover a name. */
export function mostSpecific<T extends { readonly glob: string }>(
  candidates: readonly T[],
  name: HostGlob,
): T | undefined {
  let best: { readonly item: T; readonly glob: HostGlob } | undefined;
  for (const item of candidates) {
    const glob = parseGlob(item.glob);
    if (!glob || !covers(glob, name)) continue;
    if (!best || compareSpecificity(glob, best.glob) < 0) best = { item, glob };
  }
  return best?.item;
}
