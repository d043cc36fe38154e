/**
 * LINK of virtual hosts: which route sets a name inherits, and how it shows them.
 * Route sets are values by name: a name lists the sets it inherits, never their routes, and names with equal lists
 * share one virtual host. Thousands of routes for every host are thus kept once, not once per host.
 */
import { type HostGlob, parseGlob } from "#base/hostname.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { HostDecl } from "../ir/host.ts";
import type { SecurityModel } from "../ir/listener.ts";
import type { Domain, Exposure, InheritedRoutes, Table, VirtualHost, VirtualHostPlan } from "../ir/virtual-host.ts";
import { coveringKeys, regexSet, relation, selectedSet } from "./names.ts";
import { compareText } from "./order.ts";
import { labelTexts } from "./sites.ts";

/** The class of connections that a host's routes are served in. */
export function connectionClass(host: HostDecl): string {
  if (host.tlsBroken) return "none";
  const policy = host.tls?.policy;
  if (!policy?.validation && !policy?.requireClientCertificate) return "open";
  return `client-${policy.requireClientCertificate ? "required" : "optional"}-${policy.validation?.name ?? "any"}`;
}

/** The name of the table of a site and class. */
export function tableName(site: string, connections: string): string {
  return `${site}/${connections}`;
}

/** Route sets by name, as far as planning needs to know: that they exist. */
export interface RouteSetLookup {
  readonly sets: Collection<string>;
  /** Globs that covering keys do not give. */
  readonly irregular: Index<string>;
  readonly suffixes: Index<string>;
  readonly tables: Index<Table>;
}

/** A plan for one name in one table. */
export interface PlannedDomain {
  readonly plan: VirtualHostPlan;
  readonly domain: string;
}

/** Plans a name in every table of its site: in full in its own class, as misdirected in the others. */
export function planVirtualHost(lookup: RouteSetLookup): (domain: Domain, reads: Reads) => Derived<PlannedDomain> {
  return (domain, reads) => {
    const own = connectionClass(domain.host);
    const inherits = inheritedSets(lookup, domain, reads);
    const out = reads.lookup(lookup.tables, domain.site).map((table) => {
      const plan = planFor(table, own, domain, inherits);
      return [`${table.name}|${domain.text}`, { plan, domain: domain.text }] as const;
    });
    return { out };
  };
}

function planFor(table: Table, own: string, domain: Domain, inherits: readonly InheritedRoutes[]): VirtualHostPlan {
  const { host, security } = domain;
  const shown = { table: table.name, inherits, ...(host.selector ? { selector: host.selector } : {}) };
  if (table.class === own) return { ...shown, exposure: exposure(security, host) };
  if (table.class !== "open" || security === "SECURE") {
    return { table: table.name, exposure: "hidden", misdirected: "all", inherits: [] };
  }
  const insecure = insecureOnly(host);
  return { ...shown, exposure: insecure, ...(security === "XFP" ? { misdirected: "marked" } : {}) };
}

/** What a route becomes under a security model and an insecure action. */
function exposure(security: SecurityModel, host: HostDecl): Exposure {
  if (security === "SECURE") return "direct";
  if (security === "INSECURE") return insecureOnly(host);
  return ({ route: "direct", redirect: "redirect", reject: "secure-only" } as const)[host.insecure];
}

function insecureOnly(host: HostDecl): Exposure {
  return ({ route: "direct", redirect: "redirect-only", reject: "hidden" } as const)[host.insecure];
}

function inheritedSets(lookup: RouteSetLookup, domain: Domain, reads: Reads): readonly InheritedRoutes[] {
  const name = parseGlob(domain.glob);
  if (!name) return [];
  const inherits: InheritedRoutes[] = [name.text, ...coveringKeys(name)]
    .filter((key) => reads.has(lookup.sets, key))
    .map((set) => ({ set }));
  const known = new Set(inherits.map((inherited) => inherited.set));
  for (const set of otherGlobs(lookup, name, reads)) {
    const glob = known.has(set) ? undefined : parseGlob(set);
    const related = glob ? relation(glob, name) : "none";
    if (related === "all") inherits.push({ set });
    if (related === "some") inherits.push({ set, conditional: true });
  }
  if (reads.has(lookup.sets, regexSet)) inherits.push({ set: regexSet, conditional: true });
  if (domain.host.selector && reads.has(lookup.sets, selectedSet)) inherits.push({ set: selectedSet });
  return inherits;
}

/** Only a name with a trailing wildcard can overlap a suffix without being covered by it. */
function otherGlobs(lookup: RouteSetLookup, name: HostGlob, reads: Reads): readonly string[] {
  const irregular = reads.lookup(lookup.irregular, "");
  return name.kind === "prefix" ? [...irregular, ...reads.lookup(lookup.suffixes, "")] : irregular;
}

/** The group that names with equal plans fall into. */
export function planKey(planned: PlannedDomain): string {
  const { table, exposure, misdirected, selector, inherits } = planned.plan;
  const sets = inherits.map((inherited) => (inherited.conditional ? `?${inherited.set}` : inherited.set));
  const labels = selector ? labelTexts(selector) : ["-"];
  return [table, exposure, misdirected ?? "", labels.join(","), sets.join(" ")].join("|");
}

/** One virtual host for all names of a plan. */
export function linkVirtualHost(members: readonly PlannedDomain[], _reads: Reads, key: string): Derived<VirtualHost> {
  const plan = members[0]?.plan;
  if (!plan) return { out: [] };
  const domains = members.map((member) => member.domain).sort(compareText);
  return { out: [[key, { ...plan, key, domains }]] };
}
