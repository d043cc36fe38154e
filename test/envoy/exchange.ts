/**
 * One request and its answer over a connection that is there: HTTP/1.0, HTTP/1.1, HTTP/2 or raw bytes.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import type { Socket } from "node:net";
import type { RequestSpec } from "./request-spec.ts";
import type { Target } from "./target.ts";

/** What a client saw. */
export interface Seen {
  readonly status?: number;
  /** The reason phrase of HTTP/1. */
  readonly reason?: string;
  readonly http?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly certificate?: { readonly dnsNames: readonly string[] };
  readonly tls?: { readonly version: string; readonly alpn: string | null };
  /** The connection failed; in the words of the system or of TLS. */
  readonly error?: string;
}

/** Over HTTP/1.1, or 1.0 where the request says so. */
export async function exchangeHttp1(spec: RequestSpec, target: Target, socket: Socket): Promise<Seen> {
  if (spec.http === "1.0") return exchangeHttp10(spec, target, socket);
  const outgoing = request({
    method: spec.method ?? (spec.body === undefined ? "GET" : "POST"),
    path: target.path,
    setHost: false,
    createConnection: () => socket,
    headers: headerList(spec, target),
  });
  outgoing.shouldKeepAlive = true;
  outgoing.on("upgrade", (response, upgraded) => {
    upgraded.destroy();
    outgoing.emit("response", response);
  });
  outgoing.end(spec.body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const body = response.statusCode === 101 ? "" : await textOf(response);
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? "",
    http: response.httpVersion,
    headers: pairs(response.rawHeaders),
    body,
  };
}

function headerList(spec: RequestSpec, target: Target): string[] {
  const length = spec.body === undefined ? [] : ["content-length", String(Buffer.byteLength(spec.body))];
  const headers = headerPairs(spec);
  const named = headers.some(
    ([name]) => name.toLowerCase() === "content-length" || name.toLowerCase() === "transfer-encoding",
  );
  return ["Host", target.authority, ...headers.flat(), ...(named ? [] : length)];
}

function headerPairs(spec: RequestSpec): [string, string][] {
  return Object.entries(spec.headers ?? {}).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : [...value]).map((one): [string, string] => [name, one]),
  );
}

async function exchangeHttp10(spec: RequestSpec, target: Target, socket: Socket): Promise<Seen> {
  const headers = headerPairs(spec).map(([name, value]) => `${name}: ${value}\r\n`);
  const host = target.authority === "" ? "" : `Host: ${target.authority}\r\n`;
  const length = spec.body === undefined ? "" : `Content-Length: ${Buffer.byteLength(spec.body)}\r\n`;
  socket.write(
    `${spec.method ?? "GET"} ${target.path} HTTP/1.0\r\n${host}${headers.join("")}${length}\r\n${spec.body ?? ""}`,
  );
  const text = await textOf(socket);
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, Math.max(end, 0)).split("\r\n");
  const [, version, status] = /^HTTP\/(\S+) (\d+)/.exec(statusLine) ?? [];
  if (!version)
    throw new Error(text === "" ? "the connection was closed without an answer" : `not HTTP: ${text.slice(0, 40)}`);
  const split = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: Number(status), http: version, headers: split, body: text.slice(end + 4) };
}

/** Over HTTP/2, negotiated or by prior knowledge. */
export async function exchangeHttp2(spec: RequestSpec, target: Target, socket: Socket): Promise<Seen> {
  const session: ClientHttp2Session = connect(`${target.scheme}://${target.hostname}`, {
    createConnection: () => socket,
  });
  try {
    const failed = once(session, "close").then(() => Promise.reject(new Error("the connection was closed")));
    return await Promise.race([overSession(spec, target, session), failed]);
  } finally {
    session.destroy();
  }
}

async function overSession(spec: RequestSpec, target: Target, session: ClientHttp2Session): Promise<Seen> {
  const stream: ClientHttp2Stream = session.request(
    {
      ":method": spec.method ?? (spec.body === undefined ? "GET" : "POST"),
      ":path": target.path,
      ":scheme": target.scheme,
      ":authority": target.authority,
      ...spec.headers,
    } as Record<string, string | string[]>,
    { endStream: spec.body === undefined },
  );
  if (spec.body !== undefined) stream.end(spec.body);
  const [headers] = (await once(stream, "response")) as [Record<string, string | string[]>];
  const seen = Object.entries(headers)
    .filter(([name]) => !name.startsWith(":"))
    .flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]));
  return { status: Number(headers[":status"]), http: "2", headers: seen, body: await textOf(stream) };
}

/** Sends the body, says that nothing more comes, and reads to the end. */
export async function exchangeRaw(spec: RequestSpec, socket: Socket): Promise<Seen> {
  socket.end(spec.body ?? "");
  return { headers: [], body: await textOf(socket) };
}

async function textOf(source: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1] ?? ""]] : []));
}
