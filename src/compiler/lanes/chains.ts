/** Filter chains and the listeners that hold them. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { emitFilterChain } from "../envoy/filter-chain.ts";
import { emitListener } from "../envoy/listener.ts";
import type { Entrance } from "../envoy/shape/entrance.ts";
import { emitSlots } from "../envoy/slot.ts";
import { lowerHttpOptions, withTraceIds } from "../frontends/ambassador/index.ts";
import { speaksQuic } from "../frontends/secrets.ts";
import type { Collection, Graph, Reads } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import type { Route } from "../ir/route.ts";
import * as link from "../link/index.ts";
import { policies } from "../policies/index.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import type { Hosts } from "./hosts.ts";
import type { Listeners } from "./listeners.ts";
import type { LogServices } from "./log-services.ts";
import type { ModuleValues } from "./module.ts";
import type { Names } from "./names.ts";
import type { Inputs } from "./objects.ts";
import type { Routes } from "./routes.ts";
import type { TracingServices } from "./tracing.ts";
import { byKey, emitted, keep, shapeOf, single, sourceOf } from "./wiring.ts";

/** Linked chains, and the bytes of listeners. */
export type Chains = ReturnType<typeof declareChains>;

interface ChainInputs {
  readonly inputs: Inputs;
  readonly module: ModuleValues;
  readonly hosts: Hosts;
  readonly listeners: Listeners;
  readonly routes: Routes;
  readonly names: Names;
  readonly logs: LogServices;
  readonly tracing: TracingServices;
}

const noOptions = lowerHttpOptions({});
const inTable: Entrance = { shape: "table" };
const usualUpgrades: readonly string[] = ["websocket"];

/** Declares chains and listeners. */
export function declareChains(
  g: Graph,
  { inputs, module, hosts, listeners, routes, names, logs, tracing }: ChainInputs,
) {
  const claims = g.union(
    "chain claims",
    g.map("claim.tcp", listeners.tcpRoutes, link.claimTcpChain(listeners.listeners)),
    g.map("claim.host", names.claimed, link.claimHostChains(listeners.bySite, speaksQuic(hosts.material))),
    g.map("claim.cleartext", listeners.listeners, link.claimCleartextChain),
  );
  const sameName = g.group("same server name", claims, (claim) => [link.claimKey(claim)], link.byRank);
  const settled = g.map("link.settle", sameName, link.settleClaims);
  const { claimed, spared } = declareByName(g, inputs, settled);
  const byChain = g.group("chains by name", claimed, (claim) => [link.chainKey(claim)], link.byRank);
  const chains = g.map("link.FilterChain", byChain, link.linkFilterChain);

  const allOptions = g.value("link.httpOptions", (reads) => {
    const own = reads.get(module.httpOptions, "") ?? noOptions;
    const receivers = reads.get(logs.receivers, "")?.map(({ receiver }) => receiver);
    const spans = reads.get(tracing.tracing, "");
    return single({
      ...own,
      accessLog: withTraceIds(own.accessLog, spans?.driver.kind),
      ...(receivers ? { logReceivers: receivers } : {}),
      ...(spans ? { tracing: spans } : {}),
    });
  });
  const options = (reads: Reads) => reads.get(allOptions, "") ?? noOptions;
  const upgrades = declareUpgrades(g, routes);
  const entrances = g.value("shape.entrance", (reads) => {
    if (shapeOf(inputs)(reads) === "table") return single(inTable);
    return single<Entrance>({ shape: "scoped", upgrades: reads.get(upgrades, "") ?? usualUpgrades });
  });
  const entrance = (reads: Reads) => reads.get(entrances, "") ?? inTable;
  const slots = g.value("emit.Slots", (reads) =>
    single(emitSlots(policies, (reads.get(inputs.settings, "") ?? defaultSettings).envoyVersion)),
  );
  const encodedChains = g.map("emit.FilterChain", chains, (chain, reads, key) =>
    emitted(key, chain.origin, "its connections are not served", () =>
      emitFilterChain(chain, entrance(reads), options(reads), reads.get(slots, "") ?? []),
    ),
  );
  const byListener = g.group("chains by listener", encodedChains, (chain) => [chain.listener], byKey);
  const encodedListeners = g.map("emit.Listener", listeners.listeners, (listener, reads) => {
    const settings = reads.get(inputs.settings, "") ?? defaultSettings;
    const port = settings.ports[String(listener.port)] ?? listener.port;
    if (port < settings.unprivilegedPortStart)
      return { out: [], diagnostics: [notPermitted(listener, port, settings)] };
    const own = reads.get(byListener, listener.key) ?? [];
    const emit = () => emitListener(listener, port, own, options(reads));
    if (own.length === 0) return { out: [], diagnostics: [idle(listener)] };
    return emitted(listener.key, listener.origin, "nothing listens on its port", emit);
  });
  return { claimed, spared, chains, options, encodedListeners };
}

/** Every type of upgrade that some route allows, under "". A new one changes connection managers, the usual one never. */
function declareUpgrades(g: Graph, { routes }: Routes): Collection<readonly string[]> {
  const upgradesOf = ({ action }: Route) =>
    action.kind === "forward"
      ? action.upgrades.map((type) => type.toLowerCase()).filter((type) => type !== "connect")
      : [];
  const byType = g.count("routes by upgrade", routes, upgradesOf);
  const types = g.map("upgrade types", byType, (_, __, type) => keep(type, type));
  const all = g.group("all upgrade types", types, () => [""], byKey);
  return g.map<readonly string[], readonly string[]>("shape.upgrades", all, (own) =>
    single([...new Set([...usualUpgrades, ...own])].sort()),
  );
}

/**
 * Where certificates are asked for by name, the names for which that can be done share a chain. How many chains that
 * spares, or would, is `spared`, under "".
 */
function declareByName(g: Graph, inputs: Inputs, settled: Collection<link.ChainClaim>) {
  const byServerName = g.index("claims by server name", settled, ({ tls, serverName }) => (tls ? [serverName] : []));
  const classes = g.map("link.classifyName", settled, link.classifyName({ settled, byServerName }));
  const chained = g.count("chains of names that can be asked for", classes, (name) => [link.chainKey(name)]);
  const spared = g.count("spared chains", chained, () => [""]);
  const alike = g.group("names by class", classes, ({ listener, name }) => [`${listener}|${name}`], byKey);
  const sized = g.map("name classes", alike, (names, _, key) =>
    keep(key, names[0] && { ...names[0], size: names.length }),
  );
  const bySize = g.group("name classes by listener", sized, ({ listener }) => [listener], link.bySize);
  const largest = g.map("largest name class", bySize, ([first], _, listener) => keep(listener, first));
  const claimed = g.map("link.shareChain", settled, link.shareChain({ source: sourceOf(inputs), classes, largest }));
  return { claimed, spared };
}

/** Envoy would refuse the listener at every start. */
function notPermitted({ origin, port }: ListenerDecl, bound: number, settings: Settings): Diagnostic {
  const first = settings.unprivilegedPortStart;
  return diagnose("listener/port-not-permitted", origin, `port ${bound} may not be bound by this process`, {
    traffic: `nothing listens on port ${bound}`,
    hint: `use a port from ${first} on, or put it elsewhere with --port ${port}:${port + 8000}`,
  });
}

function idle({ origin, port, quic }: ListenerDecl): Diagnostic {
  if (quic)
    return diagnose("listener/nothing-to-serve", origin, `no Host has TLS that HTTP/3 can be served with`, {
      traffic: "nothing listens on its UDP port",
      hint: "give a Host that this Listener takes a tlsSecret, or delete the Listener",
    });
  return diagnose("listener/nothing-to-serve", origin, `no TCPMapping or Host has anything to serve on port ${port}`, {
    traffic: "nothing listens on its port",
    hint: `create a TCPMapping for port ${port}, or delete the Listener`,
  });
}
