/**
 * The services behind Envoy, in a thread of their own, so that clients are not late because of them: they say their
 * names, stream a line ten times a second, and echo what is upgraded and what comes by gRPC.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { Answer, Order } from "./backends.ts";

interface Running {
  readonly port: number;
  end(): Promise<void>;
  kill(): void;
}

const beatMs = 100;
const healthMs = 500;
const quietMs = 1000;

async function start(name: string, denial: number): Promise<Running> {
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
  return {
    port: (server.address() as AddressInfo).port,
    kill() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
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

/** Messages of gRPC come back as they are. */
async function startGrpc(): Promise<Running> {
  const server = createHttp2Server();
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => session.destroy());
  });
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => stream.close());
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    stream.pipe(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const kill = (): void => {
    server.close();
    for (const session of sessions) session.destroy();
  };
  return { port: (server.address() as AddressInfo).port, kill, end: async () => kill() };
}

const running = new Map<number, Running>();
const reply = (message: Answer): void => parentPort?.postMessage(message);

async function follow({ id, order, name, denial }: Order): Promise<void> {
  const backend = running.get(id);
  if (order === "start") {
    const started = name === "grpc" ? await startGrpc() : await start(name, denial);
    running.set(id, started);
    reply({ id, port: started.port });
  }
  if (order === "kill") backend?.kill();
  if (order === "end") await backend?.end().then(() => reply({ id, port: 0 }));
}

parentPort?.on("message", (order: Order) => void follow(order));
