/** The services behind Envoy: they say their names, stream a line ten times a second, and echo what is upgraded. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A running service. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  /** As a pod ends: it accepts nothing new, and finishes what it was asked. */
  end(): Promise<void>;
  kill(): void;
}

const beatMs = 100;

/** Starts one that answers with its name; with `denial`, it answers so to all that concerns `/judged/`. */
export async function startBackend(name: string, denial = 200): Promise<Backend> {
  // An idle connection that a server ends at the moment of its next request is a loss that no proxy can prevent.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
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
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
  // An authorization service asks with the path of the request that it is about.
  if (!request.url?.startsWith("/beats/")) return void response.end(name);
  const timer = setInterval(() => response.write("beat\n"), beatMs);
  response.write("beat\n");
  response.on("close", () => clearInterval(timer));
}
