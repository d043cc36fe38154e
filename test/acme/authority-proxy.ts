/**
 * A proxy in front of a test authority that can say that it is too much, and counts what is asked of the authority.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";
import type { Pebble } from "./pebble.ts";

/** A running proxy. */
export interface AuthorityProxy {
  /** The directory through it. */
  readonly directory: string;
  /** PEM of the authority of its own certificate. */
  readonly authority: string;
  /** From now on, so many requests for an order get 429 with this Retry-After. */
  limit(requests: number, seconds: number): void;
  /** When orders were asked for, by performance.now(), and whether they were refused. */
  readonly asked: readonly { readonly at: number; readonly refused: boolean }[];
  /** The most orders that were placed and not finalised at a time. */
  readonly mostAtOnce: number;
  close(): void;
}

/** Starts it. */
export async function startAuthorityProxy(pebble: Pebble): Promise<AuthorityProxy> {
  const issuer = makeIdentity({ name: "dragoman-test-proxy", isAuthority: true });
  const { certificate, key } = makeIdentity({ name: "proxy", dnsNames: ["127.0.0.1", "localhost"], issuer });
  const target = new URL(pebble.directory);
  const asked: { at: number; refused: boolean }[] = [];
  let [toRefuse, retryAfter, open, mostAtOnce] = [0, 0, 0, 0];

  function refuse(response: ServerResponse): void {
    toRefuse--;
    asked.push({ at: performance.now(), refused: true });
    const type = "urn:ietf:params:acme:error:rateLimited";
    response.writeHead(429, { "content-type": "application/problem+json", "retry-after": String(retryAfter) });
    response.end(JSON.stringify({ type, detail: "too many new orders", status: 429 }));
  }

  function pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url = "", headers } = incoming;
    const at = performance.now();
    const path = { host: target.hostname, port: target.port, path: url, method, headers, agent: false } as const;
    // What the authority tells of itself is at the address that it is asked under: this one.
    const outgoing = request({ ...path, ca: pebble.serverAuthority }, (answer) => {
      const isGood = (answer.statusCode ?? 500) < 300;
      if (isGood && url.startsWith("/order-plz")) {
        asked.push({ at, refused: false });
        mostAtOnce = Math.max(mostAtOnce, ++open);
      }
      if (isGood && url.startsWith("/finalize-order")) open--;
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer({ cert: pem("CERTIFICATE", certificate), key: keyPem(key) }, (incoming, response) => {
    if (incoming.url?.startsWith("/order-plz") && toRefuse > 0) refuse(response);
    else pass(incoming, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    directory: `https://127.0.0.1:${port}${target.pathname}`,
    authority: pem("CERTIFICATE", issuer.certificate),
    limit(requests, seconds) {
      [toRefuse, retryAfter] = [requests, seconds];
    },
    asked,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
