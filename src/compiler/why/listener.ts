/** Which listener a request reaches, and which of its filter chains takes the connection. */
import { isIp } from "#base/ip.ts";
import type { FilterChain, ListenerDecl } from "../ir/listener.ts";
import type { ClientRequest } from "./request.ts";

/** A listener with the port that it has on this machine. */
export interface BoundListener {
  readonly listener: ListenerDecl;
  readonly port: number;
}

const usual = { http: [80, 8080], https: [443, 8443] } as const;

/** The listener with the URL's port; without one, the usual port of the scheme, else the first that speaks it. */
export function chooseListener(all: readonly BoundListener[], request: ClientRequest): BoundListener | undefined {
  const { port, scheme } = request;
  const inOrder = all
    .filter(({ listener }) => (listener.quic ?? false) === (request.http3 ?? false))
    .sort((a, b) => a.listener.port - b.listener.port);
  if (port !== undefined) {
    return inOrder.find(({ listener }) => listener.port === port) ?? inOrder.find((bound) => bound.port === port);
  }
  const http = inOrder.filter(({ listener }) => listener.http);
  const fitting = http.filter(({ listener }) => listener.tls === (scheme === "https"));
  const known = usual[scheme].flatMap((one) => fitting.filter(({ listener }) => listener.port === one));
  return known[0] ?? fitting[0] ?? (scheme === "http" ? http[0] : undefined);
}

/** The chain for a connection: with TLS by server name, an exact one before the longest wildcard before any. */
export function chooseChain(chains: readonly FilterChain[], request: ClientRequest): FilterChain | undefined {
  const plain = chains.find((chain) => !chain.tls);
  if (request.scheme === "http") return plain;
  const secure = chains.filter((chain) => chain.tls);
  const byName = serverNames(request.name).map((name) => secure.find((chain) => chain.serverNames.includes(name)));
  const chosen = byName.find((chain) => chain !== undefined) ?? secure.find((chain) => chain.serverNames.length === 0);
  // Raw TCP takes any bytes; HTTP would not understand these.
  return chosen ?? (plain?.service.kind === "tcp" ? plain : undefined);
}

/** What a chain may call a name, most specific first. Clients send no server name for an address. */
function serverNames(name: string): readonly string[] {
  if (isIp(name.replace(/^\[|\]$/g, ""))) return [];
  const labels = name.split(".");
  return [name, ...labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join(".")}`)];
}
