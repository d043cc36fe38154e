/**
 * An HTTP server for one demo backend: reads each request's body up to a limit, answers once, closes on demand.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { errorCode } from "#base/error-code.ts";
import { readLimited } from "#base/limited-body.ts";

/** The largest request body that is read; a larger one is answered 413. */
export const maxBodyBytes = 64 * 1024;

/** What a backend answers. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Computes the answer to a request whose body has been read. */
export type Answerer = (request: IncomingMessage, body: Buffer) => Answer;

/** A bound server. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Binds a server; rejects with one sentence when the port cannot be had. */
export async function listen(name: string, host: string, port: number, answer: Answerer): Promise<Listening> {
  const server = createServer((request, response) => {
    readLimited(request, maxBodyBytes).then(
      (body) => {
        const { status, contentType, headers, body: text } = body ? answer(request, body) : tooLarge;
        const close = body ? {} : { connection: "close" };
        response.writeHead(status, {
          "content-type": contentType,
          "content-length": Buffer.byteLength(text),
          ...headers,
          ...close,
        });
        response.end(request.method === "HEAD" ? undefined : text);
      },
      // The client went away before its body was complete: there is nobody to answer.
      () => response.destroy(),
    );
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new Error(`the ${name} backend cannot listen on ${host}:${port}: ${reasonOf(error)}`, { cause: error });
  }
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

const tooLarge: Answer = {
  status: 413,
  contentType: "text/plain; charset=utf-8",
  body: `The request body is larger than ${maxBodyBytes} bytes.\n`,
};

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === "EADDRINUSE") return "the port is taken by another program.";
  if (code === "EACCES") return "the port may not be bound by this user.";
  if (code === "EADDRNOTAVAIL") return "this machine does not have that address.";
  return error instanceof Error ? error.message : String(error);
}
