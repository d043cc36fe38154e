/**
 * LINK of names that only routes mention: a Mapping for `a.example.com` under Host `*.example.com` gets a virtual host
 * of its own, governed by that Host. Found by hash instead of by a condition on every route.
 */
import { parseGlob } from "#base/hostname.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { Domain, Site } from "../ir/virtual-host.ts";
import { coveringKeys, mostSpecific } from "./names.ts";

/** Where hosts are looked up by name. Keys are `site|name`. */
export interface DomainLookup {
  readonly sites: Index<Site>;
  /** Names that Hosts claim. */
  readonly claimed: Collection<Domain>;
  /** Claimed names whose globs no covering key reaches, by site. */
  readonly irregular: Index<Domain>;
}

/** The Host that governs a name at a site: the one whose virtual host Envoy would choose for it. */
export function governing(lookup: DomainLookup, site: string, glob: string, reads: Reads): Domain | undefined {
  const parsed = parseGlob(glob);
  if (!parsed) return undefined;
  const own = reads.get(lookup.claimed, `${site}|${parsed.text}`);
  if (own) return own;
  const irregular = mostSpecific(reads.lookup(lookup.irregular, site), parsed);
  for (const key of coveringKeys(parsed)) {
    const covering = reads.get(lookup.claimed, `${site}|${key}`);
    if (covering) return irregular ? mostSpecific([covering, irregular], parsed) : covering;
  }
  return irregular;
}

/** The virtual hosts that one route set's glob needs beyond those that Hosts claim. */
export function linkRouteDomains(lookup: DomainLookup): (glob: string, reads: Reads) => Derived<Domain> {
  return (glob, reads) => {
    const out: [string, Domain][] = [];
    for (const site of reads.lookup(lookup.sites, "")) {
      const key = `${site.name}|${glob}`;
      if (reads.has(lookup.claimed, key)) continue;
      const domain = governing(lookup, site.name, glob, reads);
      if (domain) out.push([key, { ...domain, glob, text: glob }]);
    }
    return { out };
  };
}
