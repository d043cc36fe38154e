/** LINK: which route sets no Host serves, so that their objects are told instead of vanishing. */

import { diagnose } from "#base/diagnostic.ts";
import { parseGlob } from "#base/hostname.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { Route } from "../ir/route.ts";
import type { Domain, Site } from "../ir/virtual-host.ts";
import { type DomainLookup, governing } from "./domains.ts";
import { regexSet, relation, routeSet, selectedSet } from "./names.ts";

/** Claimed names by every glob that covers them, apart from themselves. */
export interface ServedLookup extends DomainLookup {
  readonly under: Index<Domain>;
  /** Hosts that take routes by label. */
  readonly selecting: Index<Domain>;
}

/** Whether some Host serves a route set, at any site. No output: nobody does. */
export function linkServed(lookup: ServedLookup): (set: string, reads: Reads) => Derived<true> {
  return (set, reads) => {
    const sites = reads.lookup(lookup.sites, "");
    const served = sites.some((site) => servedAt(lookup, site, set, reads));
    return { out: served ? [[set, true]] : [] };
  };
}

function servedAt(lookup: ServedLookup, site: Site, set: string, reads: Reads): boolean {
  if (set === regexSet) return reads.lookup(lookup.under, `${site.name}|`).length > 0;
  if (set === selectedSet) return reads.lookup(lookup.selecting, site.name).length > 0;
  if (governing(lookup, site.name, set, reads)) return true;
  if (reads.lookup(lookup.under, `${site.name}|${set}`).length > 0) return true;
  const glob = parseGlob(set);
  if (!glob || glob.kind === "exact") return false;
  return reads.lookup(lookup.under, `${site.name}|`).some((domain) => {
    const name = parseGlob(domain.glob);
    return name !== undefined && (relation(glob, name) !== "none" || relation(name, glob) !== "none");
  });
}

/** Tells the objects of a set that nobody serves. */
export function reportUnserved(served: Collection<true>): (route: Route, reads: Reads) => Derived<never> {
  return (route, reads) => {
    const set = routeSet(route.hosts);
    if (reads.has(served, set)) return { out: [] };
    const what =
      set === selectedSet
        ? "it has no hostname, and no Host selects its labels"
        : `no Host serves ${set === regexSet ? "any name" : set}`;
    const problem = diagnose(
      "mapping/no-host",
      { ref: route.origin.ref, path: set === selectedSet ? "" : ".spec.hostname" },
      what,
      {
        traffic: "no request reaches this Mapping",
        hint: set === selectedSet ? 'give it a hostname, for example "*"' : "create a Host whose hostname covers it",
      },
    );
    return { out: [], diagnostics: [problem] };
  };
}
