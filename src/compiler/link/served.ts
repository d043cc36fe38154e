/** LINK: which route sets no Host serves, so that their objects are told instead of vanishing. */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob } from "#base/hostname.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { LabelSelector } from "../ir/host.ts";
import type { Route } from "../ir/route.ts";
import type { Domain } from "../ir/virtual-host.ts";
import type { Settings } from "../settings.ts";
import { type DomainLookup, governing } from "./domains.ts";
import { regexSet, relation, routeSet, selectedSet } from "./names.ts";
import { takesRoute } from "./selected.ts";

/** Claimed names by every glob that covers them, apart from themselves. */
export interface ServedLookup extends DomainLookup {
  readonly under: Index<Domain>;
  /** Hosts that take routes by label. */
  readonly selecting: Index<Domain>;
}

/** Who serves a route set: some Host without conditions, or, where there are selectors, only Hosts with these. */
export interface Served {
  readonly selectors: readonly LabelSelector[];
}

/** Whether some Host serves a route set, at any site. No output: nobody does. */
export function linkServed(lookup: ServedLookup): (set: string, reads: Reads) => Derived<Served> {
  return (set, reads) => {
    const selectors = new Map<string, LabelSelector>();
    for (const { name: site } of reads.lookup(lookup.sites, "")) {
      for (const { host } of servedBy(lookup, site, set, reads)) {
        if (!host.selector) return { out: [[set, { selectors: [] }]] };
        selectors.set(JSON.stringify(host.selector), host.selector);
      }
    }
    return { out: selectors.size > 0 ? [[set, { selectors: [...selectors.values()] }]] : [] };
  };
}

/** The names of a site that show routes of a set. Lazily: the first without a selector settles the question. */
function* servedBy(lookup: ServedLookup, site: string, set: string, reads: Reads): Iterable<Domain> {
  if (set === regexSet) return yield* reads.lookup(lookup.under, `${site}|`);
  if (set === selectedSet) return yield* reads.lookup(lookup.selecting, site);
  const own = governing(lookup, site, set, reads);
  if (own) yield own;
  yield* reads.lookup(lookup.under, `${site}|${set}`);
  const glob = parseGlob(set);
  if (!glob || glob.kind === "exact") return;
  for (const domain of reads.lookup(lookup.under, `${site}|`)) {
    const name = parseGlob(domain.glob);
    // Of a name that both are for, Envoy lets the one with the wildcard in front answer.
    if (own && glob.kind === "suffix" && name?.kind === "prefix") continue;
    if (name && relation(glob, name) !== "none") yield domain;
  }
}

/** What reporting looks at. */
export interface ReportLookup {
  readonly served: Collection<Served>;
  readonly settings: Collection<Settings>;
}

/** Tells the objects that nobody serves. */
export function reportUnserved(lookup: ReportLookup): (route: Route, reads: Reads) => Derived<never> {
  return (route, reads) => {
    if (route.everywhere) return { out: [] };
    const set = routeSet(route.hosts);
    const served = reads.get(lookup.served, set);
    const { selectors } = served ?? { selectors: [] };
    if (served && (selectors.length === 0 || isSelected(lookup, route, selectors, reads))) return { out: [] };
    return { out: [], diagnostics: [unserved(route, set, served && selectors[0])] };
  };
}

function isSelected(
  { settings }: ReportLookup,
  route: Route,
  selectors: readonly LabelSelector[],
  reads: Reads,
): boolean {
  const loose = reads.get(settings, "")?.looseLabelSelectors ?? false;
  return selectors.some((selector) => takesRoute(selector, route, loose));
}

function unserved({ origin: { ref }, hostsPath }: Route, set: string, selector: LabelSelector | undefined): Diagnostic {
  const traffic = `no request reaches this ${ref.kind}`;
  if (set === selectedSet) {
    return diagnose("mapping/no-host", { ref, path: "" }, "it has no hostname, and no Host selects its labels", {
      traffic,
      hint: 'give it a hostname, for example "*"',
    });
  }
  const at = { ref, path: selector ? ".metadata.labels" : hostsPath };
  const name = set === regexSet ? "any name" : set;
  return selector
    ? diagnose("mapping/no-host", at, `no Host for ${name} selects its labels`, {
        traffic,
        hint: `give it the labels that a Host asks for, ${labelText(selector)}`,
      })
    : diagnose("mapping/no-host", at, `no Host serves ${name}`, {
        traffic,
        hint: "create a Host whose hostname covers it",
      });
}

function labelText(selector: LabelSelector): string {
  return Object.entries(selector)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
}
