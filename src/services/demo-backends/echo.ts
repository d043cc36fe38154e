/**
 * The `echo` backend: shows the request line, every header and the client's address, as text or as JSON.
 */
import type { IncomingMessage } from "node:http";
import type { Answer } from "./listen.ts";

/** Answers with what was received; JSON with `?format=json` or `Accept: application/json`, else text. */
export function answerEcho(request: IncomingMessage, body: Buffer): Answer {
  const url = request.url ?? "/";
  if (url === "/health") return { status: 200, contentType: "text/plain; charset=utf-8", body: "ok\n" };
  const headers = headerPairs(request.rawHeaders);
  const client = formatClient(request);
  if (wantsJson(request, url)) {
    const seen = {
      method: request.method,
      path: url,
      httpVersion: request.httpVersion,
      headers,
      client,
      body: body.toString("utf8"),
    };
    return { status: 200, contentType: "application/json", body: `${JSON.stringify(seen, null, 2)}\n` };
  }
  const lines = [
    `${request.method} ${url} HTTP/${request.httpVersion}`,
    ...headers.map(([name, value]) => `${trainCase(name)}: ${value}`),
    "",
    `Client: ${client}`,
  ];
  if (body.byteLength > 0) lines.push("", body.toString("utf8"));
  return { status: 200, contentType: "text/plain; charset=utf-8", body: `${lines.join("\n")}\n` };
}

function wantsJson(request: IncomingMessage, url: string): boolean {
  const query = url.indexOf("?");
  if (query >= 0 && new URLSearchParams(url.slice(query + 1)).get("format") === "json") return true;
  return (request.headers.accept ?? "").toLowerCase().includes("application/json");
}

function headerPairs(rawHeaders: readonly string[]): (readonly [name: string, value: string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) pairs.push([rawHeaders[i] ?? "", rawHeaders[i + 1] ?? ""]);
  return pairs;
}

/** Proxies send header names in lower case; people look for `X-Request-Id`. */
function trainCase(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

function formatClient({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? "unknown";
  return `${address.includes(":") ? `[${address}]` : address}:${socket.remotePort ?? 0}`;
}
