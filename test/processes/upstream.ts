/** A server behind Envoy that answers every request with `upstream`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Where it listens on loopback. */
export interface Upstream {
  readonly port: number;
  close(): void;
}

/** Starts it. */
export async function startUpstream(): Promise<Upstream> {
  const server = createServer((_, response) => response.end("upstream")).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
