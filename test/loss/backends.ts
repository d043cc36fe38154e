/** The services behind Envoy: they say their names, stream a line ten times a second, and echo what is upgraded. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A running service. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  /** As a pod ends: when nobody has asked it for a second, for Envoy's workers learn of it one after the other. */
  end(): Promise<void>;
  kill(): void;
}

const beatMs = 100;
const healthMs = 500;
const quietMs = 1000;

/** Starts one that answers with its name; with `denial`, it answers so to all that concerns `/judged/`. */
export async function startBackend(name: string, denial = 200): Promise<Backend> {
  // An idle connection that a server ends at the moment of its next request is a loss that no proxy can prevent.
  let askedAt = performance.now();
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    askedAt = performance.now();
    // An authorization service is asked with the path of the request that it is about.
    if (request.url?.startsWith("/judged/")) response.statusCode = denial;
    answer(name, request, response);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (_request: IncomingMessage, socket: Socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const kill = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${port}`,
    port,
    kill,
    async end() {
      while (performance.now() - askedAt < quietMs) await pause(quietMs - (performance.now() - askedAt));
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
  // A cluster whose health is asked for cannot be used before it is answered.
  if (request.url === "/health") return void setTimeout(() => response.end(), healthMs);
  if (!request.url?.startsWith("/beats/")) return void response.end(name);
  const timer = setInterval(() => response.write("beat\n"), beatMs);
  response.write("beat\n");
  response.on("close", () => clearInterval(timer));
}
