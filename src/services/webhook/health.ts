/** Tells a kubelet whether the webhook lives and whether it is of use, over plain HTTP. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that listens. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Where to listen, and what to tell. */
export interface HealthOptions {
  /** All addresses when absent. */
  readonly address?: string | undefined;
  readonly port: number;
  /** Why it is of no use yet; undefined when it is. */
  unready(): string | undefined;
}

/** Starts it; rejects when the port cannot be had. */
export async function serveHealth({ address, port, unready }: HealthOptions): Promise<HealthServer> {
  const answers: Readonly<Record<string, () => readonly [status: number, text: string]>> = {
    "/probes/live": () => [200, "alive"],
    "/probes/ready": () => {
      const why = unready();
      return why === undefined ? [200, "ready"] : [503, why];
    },
  };
  const server = createServer({ requestTimeout: 5000 }, (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const [status, text] = Object.hasOwn(answers, path) ? (answers[path]?.() ?? notThere) : notThere;
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  });
  server.listen({ port, ...(address === undefined ? {} : { host: address }) });
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const notThere = [404, "ask at /probes/live or /probes/ready"] as const;
