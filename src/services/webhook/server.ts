/**
 * The HTTPS side of the webhook, which only the API server talks to. Its certificate can be changed while it serves:
 * connections that there are go on.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { readLimited } from "#base/limited-body.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { Identity } from "./certificate.ts";
import { answerReview } from "./review.ts";

/** Where it listens, and as whom. */
export interface ServerOptions {
  /** All addresses when absent. */
  readonly address?: string | undefined;
  readonly port: number;
  readonly identity: Identity;
  readonly log: Log;
}

/** A server that listens. */
export interface ReviewServer {
  readonly port: number;
  show(identity: Identity): void;
  /** Takes no more connections, and resolves when what was under way is answered, or has had its time. */
  close(): Promise<void>;
}

/** Where the API server asks. */
export const convertPath = "/webhooks/crd-convert";

// A list of objects is asked about in one piece.
const maxBodyBytes = 64 << 20;
const answerWithinMs = 30_000;
/** Longer than the API server keeps a connection that it does not use, so that it never asks into one that closes. */
const keepAliveMs = 120_000;
const closeWithinMs = 10_000;

/** Starts it; rejects when the port cannot be had. */
export async function serveReviews({ address, port, identity, log }: ServerOptions): Promise<ReviewServer> {
  const tls = ({ certificate, key }: Identity) => ({ cert: certificate, key, minVersion: "TLSv1.3" as const });
  const server = createServer({ ...tls(identity), requestTimeout: answerWithinMs, keepAliveTimeout: keepAliveMs });
  const underWay = new Set<ServerResponse>();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    // It rejects when the client went away, and then there is nobody to answer.
    answer(request, response, log).catch((error: unknown) => {
      log("debug", "a question was not answered", errorFields(error));
      response.destroy();
    });
  });
  server.on("tlsClientError", (error) => log("debug", "a client did not come to terms about TLS", errorFields(error)));
  server.listen({ port, ...(address === undefined ? {} : { host: address }) });
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    show: (next) => server.setSecureContext(tls(next)),
    async close() {
      const closed = once(server, "close");
      server.close();
      const answered = [...underWay].map((response) => once(response, "close"));
      const late = new AbortController();
      await Promise.race([Promise.all(answered), pause(closeWithinMs, undefined, { signal: late.signal })]);
      late.abort();
      // Connections on which nothing was ever asked are not idle to the server.
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, log: Log): Promise<void> {
  const path = (request.url ?? "").split("?")[0];
  if (path !== convertPath) return refuse(response, 404, `ask at ${convertPath}`);
  if (request.method !== "POST") return refuse(response, 405, "only POST is answered");
  const body = await readLimited(request, maxBodyBytes);
  if (body === undefined) return refuse(response, 413, `the question has more than ${maxBodyBytes} bytes`);
  const { status, body: text, failure } = answerReview(body.toString("utf8"));
  if (failure !== undefined) log("warning", `not converted: ${failure}`);
  const type = status === 200 ? "application/json" : "text/plain; charset=utf-8";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  const headers = { "content-type": "text/plain; charset=utf-8", connection: "close" };
  response.writeHead(status, headers).end(`${text}\n`);
}
