/** SHAPE: how a virtual host is laid out in scopes: with its names or elsewhere, in one piece, in many, or shared. */
import { parseGlob } from "#base/hostname.ts";
import { type Division, manyRoutes } from "../envoy/shape/division.ts";
import { innerScope, scopeName, scopeOf, wildScope } from "../envoy/shape/scope-name.ts";
import { frameScope, type Lead, leadRoute, type ScopeFrame } from "../envoy/shape/scoped.ts";
import { emitHostHead, type HostedRoute } from "../envoy/virtual-host.ts";
import type { Collection, Derived, Reads } from "../graph/index.ts";
import type { Bytes } from "../ir/encoded.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";

/** With more routes, a virtual host of several names is kept once, and its names lead there. */
const manyToCopy = 50;
/** With more, one of wildcards is kept apart from the others. */
const manyAmongWildcards = 20;

/** What is known of a virtual host by the sizes of its route sets alone. */
export interface Outline {
  readonly host: VirtualHost;
  readonly domains: readonly string[];
  /** Which of its names lead to its routes; the others have them. */
  readonly leads: { readonly exact: boolean; readonly wild: boolean };
  /** It has too many to be in one piece. */
  readonly division?: Division;
  /** Of many routes few are its name's own. */
  readonly shared?: Shared;
}

/** The set of a name's own routes, and the virtual host that there would be without them. */
export interface Shared {
  readonly own: string;
  readonly rest: VirtualHost;
}

/** How large route sets are, roughly, and how the large ones among them are divided. */
export interface SetSizes {
  readonly sizes: Collection<number>;
  readonly divisions: Collection<Division>;
  /** With more routes, a virtual host is divided. */
  manyFor(reads: Reads): number;
}

/** Decides about a virtual host by the number of its routes and names. A large one is divided as its largest set is. */
export function outline(
  host: VirtualHost,
  domains: readonly string[],
  { sizes: known, divisions, manyFor }: SetSizes,
  reads: Reads,
): Outline {
  const many = manyFor(reads);
  const sizes = host.inherits.map(({ set }) => ({ set, size: reads.get(known, set) ?? 0 }));
  const size = sizes.reduce((sum, one) => sum + one.size, 0);
  const [largest] = [...sizes].sort((a, b) => b.size - a.size);
  const division = size > many && largest ? reads.get(divisions, largest.set) : undefined;
  const names = [...scopesOfNames(host, domains).keys()];
  const leads = {
    exact: division !== undefined || (names.length > 1 && size > manyToCopy),
    wild: division !== undefined || size > manyAmongWildcards,
  };
  const found = { host, domains, leads, ...(division ? { division } : {}) };
  const own = ownSet(host);
  const ownSize = sizes.find(({ set }) => set === own)?.size ?? 0;
  const fits = names.length === 1 && ownSize > 0 && ownSize <= manyRoutes && size - ownSize > many;
  if (own === undefined || !division || !fits || largest?.set === own) return found;
  const plan = { ...host, inherits: host.inherits.filter(({ set }) => set !== own), domains: [] };
  return { ...found, shared: { own, rest: { ...plan, key: link.planKey({ plan, domain: "" }) } } };
}

/** The set that is named as the only name of a virtual host. */
function ownSet({ domains, inherits }: VirtualHost): string | undefined {
  const [only, ...others] = domains;
  const isExact = only !== undefined && others.length === 0 && parseGlob(only)?.kind === "exact";
  return isExact ? inherits.find(({ set, conditional }) => set === only && !conditional)?.set : undefined;
}

function scopesOfNames({ table }: VirtualHost, domains: readonly string[]): Map<string, string[]> {
  const byScope = new Map<string, string[]>();
  for (const domain of domains) {
    const scope = scopeOf(table, domain);
    byScope.set(scope, [...(byScope.get(scope) ?? []), domain]);
  }
  return byScope;
}

/** A route set that is asked for in one piece or by its buckets. */
export interface Demand {
  readonly set: string;
  readonly division?: Division;
}

/** What decides how a virtual host is laid out that could share its routes: its own and all others. */
export function rankDemandsOf({ shared, division }: Outline, _: Reads, key: string): Derived<Demand> {
  if (!shared || !division) return { out: [] };
  const own: [string, Demand] = [`${key} `, { set: shared.own }];
  return { out: [own, ...demandsOf(shared.rest, division, key)] };
}

/** Each set of a virtual host, divided as that is. */
function demandsOf({ inherits }: VirtualHost, division: Division, key: string): readonly [string, Demand][] {
  const sets = new Set(inherits.map(({ set }) => set));
  return [...sets].map((set) => [`${key} ${set}`, { set, division }]);
}

/** How a virtual host is laid out. */
export interface Layout {
  readonly host: VirtualHost;
  readonly domains: readonly string[];
  readonly leads: Outline["leads"];
  /** The virtual host whose routes its leads lead to: itself, or what it shares with others. */
  readonly store: VirtualHost;
  readonly division?: Division;
  /** Its own routes stand before its lead. */
  readonly shares?: Prelude;
}

/** What stands before a lead: a name's own routes, and what of the others comes before one of them. */
export interface Prelude extends Shared {
  readonly before: readonly BeforeOwn[];
}

/** Routes of a set, by their keys, in order. */
export interface BeforeOwn {
  readonly set: string;
  readonly routes: readonly string[];
}

/** The layout of an outline; `before` if its own routes can stand alone before the others, and these before them. */
export function layOut(
  { host, domains, leads, division, shared }: Outline,
  before: readonly BeforeOwn[] | undefined,
): Layout {
  const base = { host, domains, leads, ...(division ? { division } : {}) };
  return shared && before ? { ...base, store: shared.rest, shares: { ...shared, before } } : { ...base, store: host };
}

/** The sets that a virtual host is put together from as a whole; without a layout, that is how tables are. */
export function wholeSets({ inherits }: VirtualHost, layout: Layout | undefined): readonly string[] | undefined {
  if (!layout?.division) return inherits.map(({ set }) => set);
  return layout.shares && [layout.shares.own];
}

/** The sets whose buckets the leads of a divided virtual host lead to. */
export function storeDemandsOf({ store, division }: Layout, _: Reads, key: string): Derived<Demand> {
  return { out: division ? demandsOf(store, division, key) : [] };
}

/** What of a virtual host in a scope is encoded once, because no edit of a route changes it. */
export interface Framed {
  readonly host: VirtualHost;
  readonly frame: ScopeFrame;
  /** What the virtual host begins with. */
  readonly head: Bytes;
}

/** Names of a virtual host in one scope: with its routes, or with a lead to them. */
export interface Place extends Framed {
  readonly lead?: PlacedLead;
  /** What stands before the lead. */
  readonly shares?: Prelude;
}

/** A lead as it stands in a scope: its route, and the name of the scope that it leads to. */
export interface PlacedLead extends Lead {
  readonly route: HostedRoute;
  readonly around: string;
}

function leadOf({ store, division }: Layout): Lead {
  return { scope: innerScope(store.table, store.key), ...(division ? { division } : {}) };
}

/** The scopes in which a virtual host's names are. */
export function placesOf(layout: Layout, portsMatter: boolean): Derived<Place> {
  const { host, domains, leads, shares } = layout;
  const wild = wildScope(host.table);
  const out = [...scopesOfNames(host, domains)].map(([scope, names]): [string, Place] => {
    const lead = (scope === wild ? leads.wild : leads.exact) ? { lead: placeLead(leadOf(layout)) } : {};
    const head = emitHostHead(names[0] ?? host.key, names);
    const frame = frameScope(scope, portsMatter);
    const place = { host, frame, head, ...lead, ...(shares ? { shares } : {}) };
    return [placeKey(place), place];
  });
  return { out };
}

/** What a place is known by. */
export function placeKey({ host, frame }: Framed): string {
  return `${frame.key} ${host.key}`;
}

function placeLead(lead: Lead): PlacedLead {
  return { ...lead, route: leadRoute(lead), around: scopeName(lead.scope) };
}

/** Routes that names lead to: those of a virtual host, of whomever it is. */
export interface Store {
  readonly host: VirtualHost;
  readonly lead: Lead;
}

/** What a virtual host's names lead to, if any of them does. */
export function storeOf(layout: Layout, _: Reads, key: string): Derived<Store> {
  const { host, domains, leads, store } = layout;
  const wild = wildScope(host.table);
  const led = [...scopesOfNames(host, domains).keys()].some((scope) => (scope === wild ? leads.wild : leads.exact));
  return { out: led ? [[key, { host: store, lead: leadOf(layout) }]] : [] };
}

/** A scope that names lead to: all routes of a virtual host, or those of one bucket. */
export interface Part extends Framed {
  readonly bucket?: { readonly division: Division; readonly number: number };
}

/** The scopes of a store. */
export function partsOf([store]: readonly Store[]): Derived<Part> {
  if (!store) return { out: [] };
  const { host, lead } = store;
  const { scope, division } = lead;
  const framed = (key: string): Framed => ({ host, frame: frameScope(key, false), head: emitHostHead(key, ["*"]) });
  if (!division) return { out: [[scope, framed(scope)]] };
  const part = (number: number): [string, Part] => {
    const key = `${scope}|${number}`;
    return [key, { ...framed(key), bucket: { division, number } }];
  };
  return { out: Array.from({ length: division.buckets }, (_, number) => part(number)) };
}
