/** A request as a person writes it, and as Envoy sees it once it has read it. */

import { isIp } from "#base/ip.ts";
import type { HttpOptions } from "../ir/http-options.ts";
import { normalizePath } from "./path.ts";

/** A request as a client sends it. */
export interface ClientRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** Over QUIC. */
  readonly http3?: true;
  /** The name in the URL, without port: the TLS server name. */
  readonly name: string;
  /** The port in the URL, if it names one. */
  readonly port?: number;
  /** The Host header. */
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Over HTTP/2; as over QUIC, the client names the scheme itself. */
  readonly http2?: true;
  /** The client's address; behind the PROXY protocol the one that it tells. */
  readonly from?: string;
  /** Who opens the connection, where that is not the client. */
  readonly peer?: string;
}

/** A request as routes are chosen for it. */
export interface SeenRequest {
  readonly method: string;
  readonly host: string;
  /** Normalised, with the query. */
  readonly path: string;
  readonly proto: string;
  /** What redirects keep. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Who opened the connection, and who sent the request behind trusted proxies, as far as that is known. */
  readonly peer?: string;
  readonly client?: string;
}

/** Takes `GET https://host/path` apart; a text says what is wrong. */
export function parseRequest(text: string, headers: readonly string[] = []): ClientRequest | string {
  const [, method = "GET", scheme, authority = "", path = ""] =
    /^\s*(?:([A-Za-z]+)\s+)?(https?):\/\/([^/?#\s]+)([^#\s]*)(?:#\S*)?\s*$/.exec(text) ?? [];
  if (scheme !== "http" && scheme !== "https") {
    return `"${text}" is not a request: write it as "GET https://host/path".`;
  }
  const pairs: (readonly [string, string])[] = [];
  for (const header of headers) {
    const colon = header.indexOf(":", 1);
    if (colon < 0) return `"${header}" is not a header: write it as "name: value".`;
    pairs.push([header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim()]);
  }
  const [, name = authority, port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const isHost = ([header]: readonly [string, string]): boolean => header === "host" || header === ":authority";
  return {
    method: method.toUpperCase(),
    scheme,
    name: name.toLowerCase(),
    ...(port === undefined ? {} : { port: Number(port) }),
    host: pairs.find(isHost)?.[1] ?? authority,
    path: path.startsWith("/") ? path : `/${path}`,
    headers: pairs.filter((pair) => !isHost(pair)),
  };
}

/** What is known about the connection that a request comes over. */
export interface Connection {
  /** The port that the client reached. */
  readonly port: number;
  readonly trustedHops: number;
  readonly proxyProtocol: boolean;
}

/** What Envoy makes of a request before it looks for a route; a text says why it answers 400 instead. */
export function seenRequest(
  request: ClientRequest,
  connection: Connection,
  options: HttpOptions,
): SeenRequest | string {
  const normalized = normalizePath(request.path, options);
  if ("rejected" in normalized) return normalized.rejected;
  const underscored = request.headers.find(([name]) => name.includes("_"));
  if (underscored && options.headersWithUnderscores === "REJECT_REQUEST") {
    return `the header ${underscored[0]} has an underscore in its name, and such requests are rejected`;
  }
  const dropped = options.headersWithUnderscores === "DROP_HEADER";
  const headers = request.headers.filter(([name]) => !(dropped && name.includes("_")));
  const proto = protoOf(request, connection, options, headers);
  return {
    method: request.method,
    host: options.stripMatchingHostPort ? withoutPort(request.host, connection.port) : request.host,
    path: normalized.path,
    proto,
    scheme: schemeOf(request, proto),
    headers: [...headers.filter(([name]) => name !== "x-forwarded-proto"), ["x-forwarded-proto", proto]],
    ...addressesOf(request, connection, options, headers),
  };
}

/** Over HTTP/1 it is what x-forwarded-proto says, where that is a scheme. */
function schemeOf({ scheme, http2, http3 }: ClientRequest, proto: string): string {
  return http2 || http3 || !/^https?$/.test(proto) ? scheme : proto;
}

/** Of the addresses in x-forwarded-for, the last one that a trusted proxy has written is the client's. */
function addressesOf(
  { from, peer: opener }: ClientRequest,
  { trustedHops, proxyProtocol }: Connection,
  { useRemoteAddress }: HttpOptions,
  headers: readonly (readonly [string, string])[],
): Pick<SeenRequest, "peer" | "client"> {
  const told = headers.filter(([name]) => name === "x-forwarded-for").flatMap(([, value]) => value.split(","));
  const trusted = useRemoteAddress ? trustedHops - 1 : trustedHops;
  const forwarded = trusted < 0 ? undefined : told.at(-1 - trusted)?.trim();
  const client = forwarded !== undefined && isIp(forwarded) ? forwarded : from;
  const peer = opener ?? (proxyProtocol ? undefined : from);
  return {
    ...(peer === undefined ? {} : { peer }),
    ...(client === undefined ? {} : { client }),
  };
}

/** What a client says of x-forwarded-proto counts only where it stands behind a trusted proxy. */
function protoOf(
  request: ClientRequest,
  { trustedHops }: Connection,
  { useRemoteAddress }: HttpOptions,
  headers: readonly (readonly [string, string])[],
): string {
  const trusted = !useRemoteAddress || trustedHops > 0;
  const told = headers.filter(([name]) => name === "x-forwarded-proto").map(([, value]) => value);
  return trusted && told.length > 0 ? told.join(",") : request.scheme;
}

function withoutPort(host: string, port: number): string {
  return host.endsWith(`:${port}`) ? host.slice(0, -`:${port}`.length) : host;
}
