/** SHAPE: how a virtual host is laid out in scopes: with its names, or elsewhere, in one piece or in many. */
import type { Division } from "../envoy/shape/division.ts";
import { innerScope, scopeOf, wildScope } from "../envoy/shape/scope-name.ts";
import type { Lead } from "../envoy/shape/scoped.ts";
import type { Collection, Derived, Reads } from "../graph/index.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";

/** With more routes, a virtual host of several names is kept once, and its names lead there. */
const manyToCopy = 50;
/** With more, one of wildcards is kept apart from the others. */
const manyAmongWildcards = 20;

/** How a virtual host is laid out. */
export interface Layout {
  readonly host: VirtualHost;
  readonly domains: readonly string[];
  /** Where its routes are, if not with its names. */
  readonly elsewhere: Lead;
  /** Which of its names lead there. */
  readonly leads: { readonly exact: boolean; readonly wild: boolean };
}

/** Names of a virtual host in one scope: with its routes, or with a lead to them. */
export interface Place {
  readonly scope: string;
  readonly domains: readonly string[];
  readonly host: VirtualHost;
  readonly lead?: Lead;
}

/** A scope that names lead to: all routes of a virtual host, or those of one bucket. */
export interface Part {
  readonly host: VirtualHost;
  readonly bucket?: Division & { readonly number: number };
}

/** Route sets, and how the large ones among them are divided. */
export interface SetSizes {
  readonly sets: Collection<readonly unknown[]>;
  readonly divisions: Collection<Division>;
  /** With more routes, a virtual host is divided. */
  manyFor(reads: Reads): number;
}

/** Decides about a virtual host by the number of its routes and names. A large one is divided as its largest set is. */
export function layOut(
  host: VirtualHost,
  domains: readonly string[],
  { sets, divisions, manyFor }: SetSizes,
  reads: Reads,
): Layout {
  const sizes = host.inherits.map(({ set }) => ({ set, size: reads.get(sets, set)?.length ?? 0 }));
  const size = sizes.reduce((sum, one) => sum + one.size, 0);
  const [largest] = sizes.sort((a, b) => b.size - a.size);
  const division = size > manyFor(reads) && largest ? reads.get(divisions, largest.set) : undefined;
  const names = scopesOfNames(host, domains).size;
  const leads = {
    exact: division !== undefined || (names > 1 && size > manyToCopy),
    wild: division !== undefined || size > manyAmongWildcards,
  };
  const scope = innerScope(host.table, host.key);
  return { host, domains, elsewhere: { scope, ...(division ? { division } : {}) }, leads };
}

function scopesOfNames({ table }: VirtualHost, domains: readonly string[]): Map<string, string[]> {
  const byScope = new Map<string, string[]>();
  for (const domain of domains) {
    const scope = scopeOf(table, domain);
    byScope.set(scope, [...(byScope.get(scope) ?? []), domain]);
  }
  return byScope;
}

/** The scopes in which a virtual host's names are. */
export function placesOf({ host, domains, elsewhere, leads }: Layout, _: Reads, key: string): Derived<Place> {
  const wild = wildScope(host.table);
  const out = [...scopesOfNames(host, domains)].map(([scope, own]): [string, Place] => {
    const lead = (scope === wild ? leads.wild : leads.exact) ? { lead: elsewhere } : {};
    return [`${scope} ${key}`, { scope, domains: own, host, ...lead }];
  });
  return { out };
}

/** The scopes to which a virtual host's names lead. */
export function partsOf({ host, domains, elsewhere, leads }: Layout): Derived<Part> {
  const wild = wildScope(host.table);
  const led = [...scopesOfNames(host, domains).keys()].some((scope) => (scope === wild ? leads.wild : leads.exact));
  const { scope, division } = elsewhere;
  if (!led) return { out: [] };
  if (!division) return { out: [[scope, { host }]] };
  const part = (number: number): [string, Part] => [`${scope}|${number}`, { host, bucket: { ...division, number } }];
  return { out: Array.from({ length: division.buckets }, (_, number) => part(number)) };
}
