/**
 * The door of WHY: decides from the linked configuration, by Envoy's rules, what becomes of a request. It never asks
 * Envoy, so that it can be asked about manifests that nobody runs.
 *
 *   request ─► listener ─► chain ─► domain ─► routes ─► what happens
 */
import type { Origin } from "#base/origin.ts";
import type { Declared } from "../compile.ts";
import type { HttpOptions } from "../ir/http-options.ts";
import type { FilterChain } from "../ir/listener.ts";
import type { Table, VirtualHost } from "../ir/virtual-host.ts";
import { domainsOf, shownRoutes } from "../lanes/planned-host.ts";
import { finished, finishedHosts } from "../linked.ts";
import { effectOf, upstreamOf } from "./effect.ts";
import type { Effect, Explanation, Outcome } from "./explanation.ts";
import { type BoundListener, chooseChain, chooseListener } from "./listener.ts";
import { divide } from "./outcomes.ts";
import { afterPolicies } from "./policies.ts";
import { type ClientRequest, type SeenRequest, seenRequest } from "./request.ts";
import { chooseDomain } from "./virtual-host.ts";

export type { Effect, Explanation, Loser, Outcome, Upstream, Word } from "./explanation.ts";
export { type ClientRequest, parseRequest, type SeenRequest } from "./request.ts";
export { listRoutes, type RouteRow } from "./routes.ts";

/** Explains what becomes of a request. */
export function explain(declared: Declared, request: ClientRequest): Explanation {
  const bound = chooseListener(boundListeners(declared), request);
  const asked = request.http3 ? "HTTP/3" : request.scheme;
  if (!bound) return all({ kind: "close", because: `nothing listens for ${asked} on this port` });
  const { listener } = bound;
  const reached = {
    listener: { at: listener.origin, address: listener.address, port: listener.port, real: bound.port },
  };
  const chains = [...declared.chains.chains.entries()].map(([, chain]) => chain);
  const chain = chooseChain(
    chains.filter((one) => one.listener === listener.key),
    request,
  );
  if (!chain) return { ...reached, ...all({ kind: "close", because: noChain(bound, request) }) };
  const over = {
    ...reached,
    chain: { at: chain.origin, tls: chain.tls !== undefined, serverNames: chain.serverNames },
  };
  return { ...over, ...inChain(declared, chain, bound, request) };
}

function boundListeners({ inputs, listeners }: Declared): readonly BoundListener[] {
  const ports = inputs.settings.get("")?.ports ?? {};
  return [...listeners.listeners.entries()].map(([, listener]) => ({
    listener,
    port: ports[String(listener.port)] ?? listener.port,
  }));
}

function noChain({ listener }: BoundListener, { scheme, name }: ClientRequest): string {
  if (scheme === "http") return "this listener takes connections with TLS only";
  return listener.tls ? `no Host or TLSContext has a certificate for ${name}` : "this listener does not terminate TLS";
}

function inChain(
  declared: Declared,
  { service }: FilterChain,
  bound: BoundListener,
  request: ClientRequest,
): Explanation {
  if (service.kind === "tcp") {
    const total = service.clusters.reduce((sum, { weight }) => sum + weight, 0);
    const outcomes = service.clusters.map(({ name, weight, origin }): Outcome => {
      const does: Effect = { kind: "tcp", upstream: upstreamOf(declared, name) };
      return { percent: (100 * weight) / total, at: origin, does };
    });
    return { outcomes, losers: [] };
  }
  const { proxyProtocol } = bound.listener;
  const connection = { port: bound.port, trustedHops: service.settings.trustedHops, proxyProtocol };
  const seen = seenRequest(request, connection, httpOptions(declared));
  if (typeof seen === "string") return all({ kind: "respond", status: 400, because: seen });
  const table = declared.tables.tables.get(service.table);
  if (!table) return { seen, ...noRoute(declared, seen, notFound("no Host is served here")) };
  return { seen, ...inTable(declared, table, seen) };
}

function httpOptions({ chains }: Declared): HttpOptions {
  return chains.options(finished);
}

function inTable(declared: Declared, table: Table, seen: SeenRequest): Explanation {
  const { planned, virtualHosts } = declared.tables;
  const hosts = [...virtualHosts.entries()].map(([, host]) => host).filter((host) => host.table === table.name);
  const byDomain = new Map(hosts.flatMap((host) => domainsOf(planned, host, finished).map((name) => [name, host])));
  const name = chooseDomain(byDomain.keys(), seen.host, !finished.has(planned.withPorts, table.name));
  const host = name === undefined ? undefined : byDomain.get(name);
  if (name === undefined || !host) return noRoute(declared, seen, notFound(`no Host answers for ${seen.host}`));
  const at = governs(declared, table, name);
  return { ...(at ? { domain: { at, table: table.name, name } } : {}), ...inVirtualHost(declared, host, seen) };
}

/** The Host object that governs a domain. */
function governs({ names }: Declared, { site }: Table, name: string): Origin | undefined {
  const domain = [...names.domains.entries()]
    .map(([, one]) => one)
    .find((one) => one.site === site && (one.text === name || `${one.text}:*` === name));
  return domain?.host.origin;
}

function inVirtualHost(declared: Declared, host: VirtualHost, seen: SeenRequest): Explanation {
  if (host.misdirected === "all" || (host.misdirected === "marked" && seen.proto === "https")) {
    const because = "this Host asks for client certificates that the connection was not made with";
    const does: Effect = { kind: "respond", status: 421, because };
    return { outcomes: [afterPolicies(declared, "own", seen, { percent: 100, does })], losers: [] };
  }
  const { takers, losers, left } = divide(shownRoutes(finishedHosts(declared), host, finished), seen);
  const outcomes = takers.map((taker): Outcome => {
    const { percent, route } = taker;
    return afterPolicies(declared, taker, seen, { percent, at: route.origin, does: effectOf(declared, taker, seen) });
  });
  const rest = left > 0 ? noRoute(declared, seen, notFound("no route matches"), left).outcomes : [];
  return { outcomes: [...outcomes, ...rest], losers };
}

/** Some policies look at requests that no route takes, too. */
function noRoute(declared: Declared, seen: SeenRequest, does: Effect, percent = 100): Explanation {
  return { outcomes: [afterPolicies(declared, "none", seen, { percent, does })], losers: [] };
}

function notFound(because: string): Effect {
  return { kind: "respond", status: 404, because };
}

function all(does: Effect): Explanation {
  return { outcomes: [{ percent: 100, does }], losers: [] };
}
