/**
 * ★ Start here: the whole pipeline, declared stage by stage.
 *
 *   objects ─ admit ─► resources ─ lower ─► declarations ─ link ─► IR ─ emit ─► bytes
 *
 * Each line declares one derived collection; an edit recomputes the keys that it reaches and nothing else. Three lanes
 * never touch each other: routes, endpoints (EndpointSlices reach no other stage) and secrets (a rotated certificate
 * changes itself only).
 */
import { parseGlob } from "#base/hostname.ts";
import { refKey } from "#base/origin.ts";
import { type Admitted, admission } from "./admission.ts";
import { byCreation, unfold } from "./annotated.ts";
import * as api from "./api/index.ts";
import type { LastGood, Refusal } from "./door.ts";
import { emitCluster } from "./envoy/cluster.ts";
import { emitEndpoints } from "./envoy/endpoint.ts";
import { emitSlot } from "./envoy/extension.ts";
import { emitFilterChain } from "./envoy/filter-chain.ts";
import { emitListener } from "./envoy/listener.ts";
import { emitRoute } from "./envoy/route.ts";
import { emitSecret } from "./envoy/secret.ts";
import { shapeTable } from "./envoy/shape/table.ts";
import * as ambassador from "./frontends/ambassador/index.ts";
import { lowerSecret } from "./frontends/secrets.ts";
import { lowerEndpointSlice, lowerEndpoints, lowerService } from "./frontends/services.ts";
import type { Collection, Graph, Reads } from "./graph/index.ts";
import type { Encoded } from "./ir/encoded.ts";
import type { Route } from "./ir/route.ts";
import * as link from "./link/index.ts";
import { emitPlannedHost } from "./planned-host.ts";
import { policies } from "./policies/index.ts";
import { declareResolvers } from "./resolvers.ts";
import { salvageMapping } from "./salvage.ts";
import type { Settings } from "./settings.ts";
import {
  byKey,
  byOrigin,
  byOwner,
  cleartextPorts,
  clientTable,
  clientTableName,
  contextTls,
  covering,
  emitted,
  first,
  isIrregular,
  keep,
  named,
  of,
  openTable,
  ours,
  type ResourceOf,
  single,
  theModule,
  unavailable,
  uses,
} from "./wiring.ts";

/** The graph's two ends: what is written into it, and what comes out. */
export type Declared = ReturnType<typeof declareCompiler>;

/** Declares the compiler's graph. */
export function declareCompiler(g: Graph) {
  // ── Inputs: everything that decides the result ──────────────────────────────────────────────────────────────────
  const objects = g.source<api.RawObject>("objects");
  const lastGood = g.source<LastGood>("last good");
  const refusals = g.source<Refusal>("refusals");
  const settings = g.source<Settings>("settings");

  // ── ADMIT: what was read under one identity → one typed resource, or none ───────────────────────────────────────
  const annotated = g.map("admit.annotations", objects, unfold);
  const everything = g.union("all objects", objects, annotated);
  const identities = g.group("objects by identity", everything, (raw) => [refKey(raw.ref)], byCreation);
  const admitted = g.map("admit", identities, admission({ settings, lastGood, refusals }, api.admit, salvageMapping));
  const ofKind = g.split("resources", admitted, ({ resource }) => resource.kind);
  const all = <K extends api.AnyResource["kind"]>(kind: K) => ofKind(kind) as Collection<Admitted<ResourceOf<K>>>;
  const anyOf = (kind: string) => first(g, `any ${kind}`, g.map(`our ${kind}s`, identities, ours(kind, settings)));
  const anyListener = anyOf("Listener");
  const anyHost = anyOf("Host");

  // ── LOWER: the Module, as small values that wake only their own readers ─────────────────────────────────────────
  const chosen = g.group("the Module", all("Module"), theModule, byOwner);
  const module = g.map("Module", chosen, ([one]) => single(one?.resource.spec.config));
  const defaults = g.map("lower.defaults", module, (config) => single(ambassador.lowerRouteDefaults(config)));
  const legacy = g.map("lower.legacy", module, (config) => single(ambassador.lowerLegacyListening(config)));
  const httpOptions = g.map("lower.httpOptions", module, (config) => single(ambassador.lowerHttpOptions(config)));

  // ── LOWER: secrets, TLS, hosts, listeners ───────────────────────────────────────────────────────────────────────
  const secrets = g.map("Secrets", all("Secret"), ({ resource }) => named(resource.ref, resource));
  const contexts = g.map("lower.TLSContext", all("TLSContext"), of(ambassador.lowerTlsContext({ secrets, defaults })));
  const contextsByName = g.index("TLSContexts by name", contexts, (context) => [context.ref.name]);
  const contextLookup = { contexts, byName: contextsByName };
  const ownHosts = g.map("lower.Host", all("Host"), of(ambassador.lowerHost({ secrets, defaults, ...contextLookup })));
  const synthetic = { settings, module: legacy, anyHost, anyListener };
  const contextHosts = g.map("lower.contextHosts", contexts, ambassador.contextHosts(synthetic));
  const catchAll = g.value(
    "lower.catchAllHost",
    ambassador.catchAllHost({ ...synthetic, contextHosts: first(g, "any context Host", contextHosts) }),
  );
  const hosts = g.union("hosts", ownHosts, contextHosts, catchAll);
  const ownListeners = g.map("lower.Listener", all("Listener"), of(ambassador.lowerListener(settings)));
  const legacyListeners = g.value(
    "lower.legacyListeners",
    ambassador.legacyListeners({
      settings,
      module: legacy,
      anyListener,
      anyCertificate: first(
        g,
        "any certificate",
        g.map("certificates", hosts, (host, _, key) => keep(key, host.tls)),
      ),
      cleartextPorts: cleartextPorts(g, hosts),
    }),
  );

  // ── LOWER: upstreams and routes ─────────────────────────────────────────────────────────────────────────────────
  const resolvers = g.index("resolvers by name", declareResolvers(g, all), (resolver) => [resolver.name]);
  const routeLookup = { settings, defaults, resolvers, ...contextLookup };
  const routeDecls = g.map("lower.Mapping", all("Mapping"), ({ resource, from }, reads) =>
    ambassador.lowerMapping(routeLookup)({ mapping: resource, ...(from === "match" ? { broken: true } : {}) }, reads),
  );
  const tcpDecls = g.map("lower.TCPMapping", all("TCPMapping"), of(ambassador.lowerTcpMapping(routeLookup)));

  // ── LINK: clusters and their endpoints ──────────────────────────────────────────────────────────────────────────
  const serviceFacts = g.map("lower.Service", all("Service"), ({ resource }) => lowerService(resource));
  const wantedByRoutes = g.map("clusters of routes", routeDecls, (decl, _, key) => keep(`route ${key}`, decl.upstream));
  const wantedByTcp = g.map("clusters of TCP", tcpDecls, (decl, _, key) => keep(`tcp ${key}`, decl.upstream));
  const wanted = g.union("wanted clusters", wantedByRoutes, wantedByTcp);
  const clusterDecls = g.group("clusters by name", wanted, (decl) => [decl.name], byOrigin);
  const clusters = g.map("link.Cluster", clusterDecls, link.linkCluster({ services: serviceFacts, settings }));
  const slices = g.map("lower.EndpointSlice", all("EndpointSlice"), of(lowerEndpointSlice));
  const legacyEndpoints = g.map("lower.Endpoints", all("Endpoints"), of(lowerEndpoints));
  const subscribed = g.group(
    "clusters by endpoints",
    clusters,
    ({ target }) => (target.kind === "endpoints" ? [target.endpoints] : []),
    byKey,
  );
  const endpoints = g.map(
    "link.Endpoints",
    subscribed,
    link.linkEndpoints({
      services: serviceFacts,
      slices: g.index("slices by Service", slices, (set) => [set.service]),
      legacy: g.index("Endpoints by Service", legacyEndpoints, (set) => [set.service]),
    }),
  );

  // ── LINK: listeners, TCP routes, and the sites that listeners share ─────────────────────────────────────────────
  const tcpRoutes = g.map(
    "link.TcpRoute",
    g.group("same connections", tcpDecls, (decl) => [link.tcpMatch(decl)], link.byAge),
    link.linkTcpRoute,
  );
  const listenerDecls = g.union("listener declarations", ownListeners, legacyListeners);
  const bySocket = g.group(
    "listeners by socket",
    listenerDecls,
    (decl) => [link.socketKey(decl.address, decl.port)],
    link.byAge,
  );
  const declared = g.map("link.Listener", bySocket, link.linkListener);
  const tcpBySocket = g.group("TCP routes by socket", tcpRoutes, (route) => [route.listener], byKey);
  const tcpListeners = g.map("link.tcpListener", tcpBySocket, link.linkTcpListener(declared));
  const listeners = g.union("listeners", declared, tcpListeners);
  const bySite = g.index("listeners by site", listeners, (listener) =>
    listener.http ? [link.siteOf(listener).name] : [],
  );
  const sitesByName = g.group(
    "sites by name",
    declared,
    (listener) => (listener.http ? [link.siteOf(listener).name] : []),
    byKey,
  );
  const sites = g.map("link.Site", sitesByName, ([one], _, key) => keep(key, one && link.siteOf(one)));
  const allSites = g.index("sites", sites, () => [""]);

  // ── LINK: which Host answers for which name ─────────────────────────────────────────────────────────────────────
  const claims = g.map("link.Claim", hosts, link.linkClaims(allSites));
  const claimsByName = g.group(
    "hosts by name",
    claims,
    (claim) => [link.claimedName(claim)],
    (a, b) => link.byAge(a.host, b.host),
  );
  const claimed = g.map("link.Domain", claimsByName, link.linkDomain);
  const irregularDomains = g.index("irregular names", claimed, ({ site, glob }) => (isIrregular(glob) ? [site] : []));
  const domainLookup = { sites: allSites, claimed, irregular: irregularDomains };

  // ── LINK and EMIT: routes, in sets by the name they are for ─────────────────────────────────────────────────────
  const rivals = g.group("same match", routeDecls, (decl) => [decl.matchKey], link.byTurn);
  const routes = g.map("link.Route", rivals, link.linkRoutes);
  const httpsPort = g.map("https port", settings, (own) => single(own.httpsPort));
  const emittedRoutes = g.map("emit.Route", routes, (route, reads, key) => {
    const port = reads.get(httpsPort, "");
    const emit = (as: Route) => ({ route, encoded: emitRoute(as, port) });
    return emitted(
      key,
      route.origin,
      "requests that match get 503",
      () => emit(route),
      () => emit(unavailable(route)),
    );
  });
  const sets = g.group(
    "route sets",
    emittedRoutes,
    ({ route }) => [link.routeSet(route.hosts)],
    (a, b) => link.compareRoutes(a.route, b.route),
  );
  const setNames = g.map("route set names", sets, (_, __, name) => keep(name, name));
  const globs = g.map("route globs", setNames, (name) => keep(name, parseGlob(name) && name));
  const routeDomains = g.map("link.routeDomain", globs, link.linkRouteDomains(domainLookup));
  const served = g.map(
    "link.served",
    setNames,
    link.linkServed({
      ...domainLookup,
      under: g.index("names by covering glob", claimed, ({ site, glob }) => [
        `${site}|`,
        ...covering(glob).map((key) => `${site}|${key}`),
      ]),
      selecting: g.index("selecting Hosts", claimed, ({ site, host }) => (host.selector ? [site] : [])),
    }),
  );
  g.map("report.unserved", routes, link.reportUnserved(served));

  // ── LINK and EMIT: virtual hosts and the tables that hold them ──────────────────────────────────────────────────
  const domains = g.union("domains", claimed, routeDomains);
  const closedTables = g.group("tables by name", claimed, clientTableName, byKey);
  const tables = g.union(
    "tables",
    g.map("open tables", sites, openTable),
    g.map("client tables", closedTables, clientTable),
  );
  const plans = g.map(
    "link.plan",
    domains,
    link.planVirtualHost({
      sets: setNames,
      irregular: g.index("irregular globs", globs, (glob) => (isIrregular(glob) ? [""] : [])),
      suffixes: g.index("suffix globs", globs, (glob) => (glob.startsWith("*") ? [""] : [])),
      tables: g.index("tables by site", tables, (table) => [table.site]),
    }),
  );
  const virtualHosts = g.map(
    "link.VirtualHost",
    g.group("names by plan", plans, (planned) => [link.planKey(planned)], byKey),
    link.linkVirtualHost,
  );
  const withPorts = g.group(
    "tables with ports",
    virtualHosts,
    (host) => (host.domains.some((name) => /:\d+$/.test(name)) ? [host.table] : []),
    byKey,
  );
  const emittedHosts = g.map("emit.VirtualHost", virtualHosts, emitPlannedHost({ sets, settings, withPorts }));
  const hostsOfTable = g.group("virtual hosts by table", emittedHosts, (host) => [host.table], byKey);
  const encodedTables = g.map("emit.RouteConfiguration", tables, ({ name }, reads) =>
    keep(name, shapeTable(name, reads.get(hostsOfTable, name) ?? [], reads.has(withPorts, name))),
  );

  // ── LINK and EMIT: filter chains and listeners ──────────────────────────────────────────────────────────────────
  const chainClaims = g.union(
    "chain claims",
    g.map(
      "claim.tcp",
      tcpRoutes,
      link.claimTcpChain({
        listeners,
        hostsByGlob: g.index("hosts by glob", hosts, (host) => [host.glob]),
        contextsByHost: g.index(
          "certificates by context host",
          g.map("context TLS", contexts, contextTls),
          ({ host }) => [host],
        ),
      }),
    ),
    g.map("claim.host", claimed, link.claimHostChains(bySite)),
    g.map("claim.cleartext", listeners, link.claimCleartextChain),
  );
  const settled = g.map(
    "link.settle",
    g.group("same server name", chainClaims, (claim) => [link.claimKey(claim)], link.byRank),
    link.settleClaims,
  );
  const chains = g.map(
    "link.FilterChain",
    g.group("chains by name", settled, (claim) => [link.chainKey(claim)], link.byRank),
    link.linkFilterChain,
  );
  const options = (reads: Reads) => reads.get(httpOptions, "") ?? ambassador.lowerHttpOptions({});
  const encodedChains = g.map("emit.FilterChain", chains, (chain, reads, key) =>
    emitted(key, chain.origin, "its connections are not served", () =>
      emitFilterChain(chain, options(reads), policies),
    ),
  );
  const chainsOfListener = g.group("chains by listener", encodedChains, (chain) => [chain.listener], byKey);
  const encodedListeners = g.map("emit.Listener", listeners, (listener, reads) => {
    const port = reads.get(settings, "")?.ports[String(listener.port)] ?? listener.port;
    const own = reads.get(chainsOfListener, listener.key) ?? [];
    if (own.length === 0) return { out: [] };
    return emitted(listener.name, listener.origin, "nothing listens on its port", () =>
      emitListener(listener, port, own, options(reads)),
    );
  });

  // ── EMIT: clusters, endpoints, secrets, slots ───────────────────────────────────────────────────────────────────
  const usedByChains = g.map("secrets of chains", chains, (chain, _, key) =>
    uses(`chain ${key}`, chain.tls?.certificate, chain.tls?.policy.validation),
  );
  const usedByClusters = g.map("secrets of clusters", clusters, ({ policy }, _, key) =>
    uses(`cluster ${key}`, policy.tls?.certificate, policy.tls?.validation),
  );
  const usedSecrets = g.group(
    "secret uses",
    g.union("used secrets", usedByChains, usedByClusters),
    (use) => [use.name],
    byKey,
  );
  const outputs: Readonly<Record<Encoded["type"], Collection<Encoded>>> = {
    cluster: g.map("emit.Cluster", clusters, (cluster) =>
      emitted(cluster.name, cluster.origin, "requests that would go there get 503", () => emitCluster(cluster)),
    ),
    endpoints: g.map("emit.Endpoints", endpoints, (of) => keep(of.name, emitEndpoints(of))),
    secret: g.map("emit.Secret", g.map("link.Secret", usedSecrets, lowerSecret(secrets)), (secret) =>
      keep(secret.name, emitSecret(secret)),
    ),
    extension: g.value("emit.Slots", () => ({
      out: policies.map((policy) => [policy.filter, emitSlot(policy, undefined)] as const),
    })),
    listener: encodedListeners,
    routes: encodedTables,
  };
  const inside = {
    identities,
    admitted,
    secrets,
    hosts,
    clusterDecls,
    clusters,
    subscribed,
    listeners,
    chains,
    domains,
    tables,
    virtualHosts,
    sets,
    usedSecrets,
  };
  return { objects, lastGood, refusals, settings, outputs, ...inside };
}
