/**
 * LINK of filter chains: which connections of a listener are served how.
 * TLS server names are claimed one by one and then joined by certificate and policy, so that names which share a
 * certificate share a chain; a chain's name never depends on what is in it.
 */
import { createHash } from "node:crypto";
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob } from "#base/hostname.ts";
import { formatRef, type Origin } from "#base/origin.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { HostDecl, HostTls } from "../ir/host.ts";
import type { ChainService, FilterChain, ListenerDecl, TcpRoute } from "../ir/listener.ts";
import type { Domain } from "../ir/virtual-host.ts";
import { quicTls, type SpeaksQuic, unfitForHttp3, withoutHttp3 } from "./http3.ts";
import { coveringKeys, mostSpecific } from "./names.ts";
import { compareText } from "./order.ts";
import { siteOf } from "./sites.ts";
import { connectionClass, tableName } from "./virtual-hosts.ts";

/** A claim to the connections of one listener with one TLS server name ("" without TLS, `*` for any name). */
export interface ChainClaim {
  readonly listener: string;
  readonly serverName: string;
  readonly chain: string;
  readonly origin: Origin;
  readonly tls?: HostTls;
  readonly service: ChainService;
  /** Without TLS, on a listener that terminates TLS for others. */
  readonly besideTls?: true;
  readonly quic?: true;
  /** Envoy asks for its certificate by the server name. */
  readonly byName?: true;
  /** TCP routes come before hosts. */
  readonly rank: number;
}

/** Who claims first: TCP routes, then hosts by name. */
export function byRank(a: ChainClaim, b: ChainClaim): number {
  return a.rank - b.rank || compareText(formatRef(a.origin.ref), formatRef(b.origin.ref));
}

/** The key under which claims collide. */
export function claimKey(claim: ChainClaim): string {
  return `${claim.listener}|${claim.serverName}`;
}

/** The key under which claims are joined into one chain. */
export function chainKey({ listener, chain }: Pick<ChainClaim, "listener" | "chain">): string {
  return `${listener}|${chain}`;
}

/** A Host's TLS on every listener of its site that terminates TLS. */
export function claimHostChains(
  listeners: Index<ListenerDecl>,
  speaksQuic: SpeaksQuic,
): (domain: Domain, reads: Reads) => Derived<ChainClaim> {
  return (domain, reads) => {
    const { tls } = domain.host;
    if (!tls) return { out: [] };
    const unusable = unusableServerName(domain.host);
    if (unusable) return { out: [], diagnostics: [unusable] };
    const ending = reads.lookup(listeners, domain.site).filter((listener) => listener.tls && listener.http);
    const offering = ending.filter(({ http, quic }) => quic || http?.http3Port !== undefined);
    const unfit = offering.length > 0 ? unfitForHttp3(tls, speaksQuic, reads) : undefined;
    const claim = (listener: ListenerDecl) =>
      [`${listener.key}|${domain.text}|host`, hostClaim(listener, domain, tls)] as const;
    if (unfit === undefined) return { out: ending.map(claim) };
    const overTcp = ending.filter(({ quic }) => !quic);
    const overQuic = ending.filter(({ quic }) => quic);
    return {
      out: overTcp.map(silent).map(claim),
      diagnostics: overQuic.map((listener) => withoutHttp3(domain.host, listener, unfit)),
    };
  };
}

/** A listener that does not tell of HTTP/3. */
function silent(listener: ListenerDecl): ListenerDecl {
  if (listener.http?.http3Port === undefined) return listener;
  const { http3Port: _, ...http } = listener.http;
  return { ...listener, http };
}

function hostClaim(listener: ListenerDecl, domain: Domain, asked: HostTls): ChainClaim {
  const tls = listener.quic ? quicTls(asked) : asked;
  const table = tableName(siteOf(listener).name, connectionClass(domain.host));
  const settings = listener.http ?? { statPrefix: listener.statPrefix, trustedHops: 0 };
  return {
    listener: listener.key,
    serverName: domain.glob,
    chain: `${tls.certificate.name}~${policyName(tls)}`,
    origin: domain.host.origin,
    tls,
    ...(listener.quic ? { quic: true } : {}),
    service: { kind: "http", table, settings },
    rank: 1,
  };
}

/** A short name for what TLS settings say apart from the certificate. */
export function policyName(tls: HostTls): string {
  return createHash("sha1").update(JSON.stringify(tls.policy)).digest("hex").slice(0, 6);
}

/** Envoy's server names are exact or `*.suffix`. */
function unusableServerName(host: HostDecl): Diagnostic | undefined {
  const glob = parseGlob(host.glob);
  if (!glob || glob.kind === "exact" || glob.kind === "any" || glob.text.startsWith("*.")) return undefined;
  return diagnose(
    "host/tls-wildcard",
    { ref: host.origin.ref, path: ".spec.hostname" },
    `TLS cannot be served for the pattern ${host.glob}`,
    {
      traffic: "TLS connections for these names are refused; their plain HTTP is served",
      hint: "use an exact name, `*.domain` or `*` for a Host with a certificate",
    },
  );
}

/** What a listener serves without TLS. */
export function claimCleartextChain(listener: ListenerDecl): Derived<ChainClaim> {
  const { http: settings } = silent(listener);
  if (!settings || listener.quic) return { out: [] };
  const service = { kind: "http", table: tableName(siteOf(listener).name, "open"), settings } as const;
  const claim: ChainClaim = {
    listener: listener.key,
    serverName: "",
    chain: "cleartext",
    origin: listener.origin,
    service,
    ...(listener.tls ? { besideTls: true } : {}),
    rank: 0,
  };
  return { out: [[`${listener.key}||listener`, claim]] };
}

/** Where a TCP route with a server name finds its certificate. */
export interface TlsLookup {
  readonly hostsByGlob: Index<HostDecl>;
  /** TLSContexts by the names they list exactly. */
  readonly contextsByHost: Index<{ readonly tls: HostTls }>;
}

/** A TCP route with the certificate for its server name, if it has one. */
export interface SecuredTcpRoute extends TcpRoute {
  readonly tls?: HostTls;
}

/** Finds the certificate of a TCP route; one that needs a certificate and has none changes no listener. */
export function secureTcpRoute(
  lookup: TlsLookup,
): (route: TcpRoute, reads: Reads, key: string) => Derived<SecuredTcpRoute> {
  return (route, reads, key) => {
    if (route.host === undefined) return { out: [[key, route]] };
    const { host } = route;
    const tls = findTls(lookup, host, reads);
    if (tls) return { out: [[key, { ...route, tls }]] };
    return { out: [], diagnostics: route.clusters.map(({ origin }) => noCertificate(origin, host)) };
  };
}

/** A TCP route's connections on its listener. */
export function claimTcpChain(
  listeners: Collection<ListenerDecl>,
): (route: SecuredTcpRoute, reads: Reads) => Derived<ChainClaim> {
  return (route, reads) => {
    const listener = reads.get(listeners, route.listener);
    if (!listener) return { out: [] };
    const service = {
      kind: "tcp",
      statPrefix: listener.statPrefix,
      clusters: route.clusters,
      ...(route.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: route.idleTimeoutMs }),
    } as const;
    const base = { listener: listener.key, origin: route.origin, service, rank: 0 };
    const { host, tls } = route;
    const claim: ChainClaim =
      host === undefined || !tls
        ? { ...base, serverName: "", chain: "tcp", rank: 1 }
        : { ...base, serverName: host, chain: `tcp-${host}`, tls };
    return { out: [[`${route.key}|tcp`, claim]] };
  };
}

function findTls(lookup: TlsLookup, host: string, reads: Reads): HostTls | undefined {
  const name = parseGlob(host);
  if (!name) return undefined;
  const hosts = [name.text, ...coveringKeys(name)].flatMap((key) => reads.lookup(lookup.hostsByGlob, key));
  const best = mostSpecific(
    hosts.filter((candidate) => candidate.tls),
    name,
  );
  return best?.tls ?? reads.lookup(lookup.contextsByHost, name.text)[0]?.tls;
}

function noCertificate({ ref }: Origin, host: string): Diagnostic {
  return diagnose(
    "tcp-mapping/no-certificate",
    { ref, path: ".spec.host" },
    `no Host or TLSContext has a certificate for ${host}`,
    {
      traffic: `connections for ${host} are not served`,
      hint: `give a Host that covers ${host} a tlsSecret, or leave out host to take every connection of the port`,
    },
  );
}

/** One server name, one owner. */
export function settleClaims(claims: readonly ChainClaim[], _reads: Reads, key: string): Derived<ChainClaim> {
  const [first, ...later] = claims;
  if (!first) return { out: [] };
  const lost = later.filter((claim) => claim.chain !== first.chain);
  return { out: [[key, first]], diagnostics: lost.flatMap((claim) => lostName(claim, first)) };
}

/** Told to all objects that share the connections. */
function lostName({ serverName, service, origin }: ChainClaim, first: ChainClaim): readonly Diagnostic[] {
  const what = serverName === "" ? "connections without TLS" : `TLS connections for ${serverName}`;
  const sharing = service.kind === "tcp" ? service.clusters.map((share) => share.origin) : [origin];
  return sharing.map((at) => alreadyServed(at, what, first));
}

function alreadyServed(at: Origin, what: string, first: ChainClaim): Diagnostic {
  return diagnose(
    "listener/conflict",
    at,
    `${what} of this port are already served by ${formatRef(first.origin.ref)}`,
    {
      traffic: `they go by ${formatRef(first.origin.ref)}`,
      hint: "use another port, or another host name",
      related: [{ at: first.origin, message: "claimed them first" }],
    },
  );
}

/** Joins the server names of one chain. */
export function linkFilterChain(claims: readonly ChainClaim[], _reads: Reads, key: string): Derived<FilterChain> {
  const first = claims[0];
  if (!first) return { out: [] };
  const names = claims.map((claim) => claim.serverName);
  const { tls, byName } = first;
  const chain: FilterChain = {
    origin: first.origin,
    listener: first.listener,
    name: first.chain,
    serverNames: names.includes("*") || !tls ? [] : names.sort(compareText),
    service: first.service,
    ...(first.besideTls ? { besideTls: true } : {}),
    ...(first.quic ? { quic: true } : {}),
    ...(tls ? { tls: { ...(byName ? {} : { certificate: tls.certificate }), policy: tls.policy } } : {}),
  };
  return { out: [[key, chain]] };
}
