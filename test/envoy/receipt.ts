/**
 * What an upstream received, and how it answers: with its name and the request line, or as the request's own
 * `x-upstream-*` headers ask.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { ProxyHeader } from "./sniff.ts";

/** What TLS said about a connection. */
export interface ReceivedTls {
  readonly sni?: string;
  readonly alpn?: string;
  readonly version: string;
  /** The common name of the client's certificate. */
  readonly clientCertificate?: string;
}

/** What is known about a connection before its first request. */
export interface Connection {
  readonly upstream: string;
  readonly tls?: ReceivedTls;
  readonly proxyProtocol?: ProxyHeader;
}

/** One request as an upstream saw it; a raw TCP exchange has no method and no path. */
export interface Receipt {
  readonly upstream: string;
  readonly method?: string;
  readonly path?: string;
  readonly http?: string;
  /** Names as they were spelled, in order; HTTP/2's pseudo-headers left out. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly tls?: ReceivedTls;
  readonly proxyProtocol?: ProxyHeader;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Records a request and answers it. `record` returns how many there are since the exchange began. */
export function receive(
  request: Request,
  response: Response,
  connection: Connection,
  record: (receipt: Receipt) => number,
): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("error", () => response.end());
  request.on("end", () => {
    const receipt: Receipt = {
      ...connection,
      method: request.method ?? "",
      path: request.url ?? "",
      http: request.httpVersion,
      headers: headersOf(request),
      body: Buffer.concat(chunks).toString("utf8"),
    };
    answer(request, response, receipt, record(receipt));
  });
}

function headersOf(request: Request): (readonly [string, string])[] {
  const authority = "authority" in request ? [["host", request.authority] as const] : [];
  const raw = request.rawHeaders;
  const pairs = raw.flatMap((name, i) =>
    i % 2 === 0 && !name.startsWith(":") ? [[name, raw[i + 1] ?? ""] as const] : [],
  );
  return [...authority, ...pairs];
}

function answer(request: Request, response: Response, receipt: Receipt, attempts: number): void {
  const asked = (name: string): string | undefined => request.headers[`x-upstream-${name}`]?.toString();
  if (asked("hold") !== undefined) return;
  if (asked("reset") !== undefined) {
    request.socket.destroy();
    return;
  }
  const failing = attempts <= Number(asked("fail") ?? 0);
  response.statusCode = failing ? 503 : Number(asked("status") ?? 200);
  for (const [name, value] of pairsOf(asked("headers"))) response.setHeader(name, value);
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "text/plain");
  for (const [name, value] of pairsOf(asked("trailers"))) response.addTrailers({ [name]: value });
  response.end(`${receipt.upstream} ${receipt.method} ${receipt.path}\n`);
}

/** `a: 1; b: 2`. */
function pairsOf(text = ""): (readonly [name: string, value: string])[] {
  const lines = text === "" ? [] : text.split("; ");
  return lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}
