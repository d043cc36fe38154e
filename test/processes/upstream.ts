/** Servers behind Envoy: one that answers every request with `upstream`, and one that never says anything. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where one listens on loopback. */
export interface Upstream {
  readonly port: number;
  close(): void;
}

/** Starts one that answers. */
export function startUpstream(): Promise<Upstream> {
  return listening(createServer((_, response) => response.end("upstream")));
}

/** Starts one that takes connections and is silent on them. */
export function startSilent(): Promise<Upstream> {
  return listening(createServer().on("connection", () => {}));
}

async function listening(server: Server): Promise<Upstream> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
