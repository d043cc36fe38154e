/**
 * Upstreams that record what reaches them. One port of kind `http` speaks HTTP/1.1, HTTP/2 and both over TLS, with or
 * without a PROXY header in front; one of kind `tcp` echoes; one of kind `refused` accepts nothing; the others are
 * stand-ins for the services that are asked or told about requests.
 */
import { EventEmitter, once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type PeerCertificate, type TLSSocket } from "node:tls";
import { openAccessLog } from "./access-log.ts";
import { openExtAuthz } from "./ext-authz.ts";
import { freePort } from "./free-port.ts";
import type { GrpcService } from "./grpc-service.ts";
import type { Material } from "./material.ts";
import type { UpstreamKind, UpstreamSpec } from "./placeholders.ts";
import { openRateLimit } from "./rate-limit.ts";
import { type Connection, type Receipt, type ReceivedTls, receive } from "./receipt.ts";
import { sniff } from "./sniff.ts";
import { openDatadog, openOpenTelemetry, openZipkin } from "./spans.ts";

/** All upstreams of a run. */
export interface Upstreams {
  /** The port of an upstream, which is started when it is new. */
  open(upstream: UpstreamSpec): Promise<number>;
  /** Resolves when so many requests have been received since the last `take`, or will not be. */
  received(count: number): Promise<void>;
  /** What was received since the last call. */
  take(): Receipt[];
  close(): Promise<void>;
}

/** A request that has not come by then never will, and the case fails. */
const awaitMs = 10_000;

type OpenService = (name: string, record: (receipt: Receipt) => void) => Promise<GrpcService>;

const standIns: Partial<Readonly<Record<UpstreamKind, OpenService>>> = {
  "ext-authz": openExtAuthz,
  "rate-limit": openRateLimit,
  "access-log": openAccessLog,
  zipkin: openZipkin,
  datadog: openDatadog,
  opentelemetry: openOpenTelemetry,
};

/** Starts with none. */
export function openUpstreams(material: Material): Upstreams {
  const ports = new Map<string, Promise<number>>();
  const servers: Server[] = [];
  const services: GrpcService[] = [];
  const sockets = new Set<Socket>();
  let receipts: Receipt[] = [];
  const arrivals = new EventEmitter();
  const record = (receipt: Receipt): number => {
    const count = receipts.push(receipt);
    arrivals.emit("receipt");
    return count;
  };
  const received = async (count: number): Promise<void> => {
    const patience = AbortSignal.timeout(awaitMs);
    while (receipts.length < count && !patience.aborted) {
      await once(arrivals, "receipt", { signal: patience }).catch((error: unknown) => {
        if (!patience.aborted) throw error;
      });
    }
  };

  const start = async ({ name, kind }: UpstreamSpec): Promise<number> => {
    // Not one that the kernel would give to the next upstream.
    if (kind === "refused") return freePort();
    const standIn = standIns[kind];
    if (standIn) {
      const service = await standIn(name, record);
      services.push(service);
      return service.port;
    }
    const connected = kind === "tcp" ? echo(name, record) : serveHttp(name, material, record);
    const server = createServer({ allowHalfOpen: kind === "tcp" }, (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // Clients that reset a connection are part of what is tested.
      socket.on("error", () => socket.destroy());
      connected(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    servers.push(server);
    return port;
  };
  return {
    open: (upstream) => {
      const key = `${upstream.name} ${upstream.kind}`;
      const port = ports.get(key) ?? start(upstream);
      ports.set(key, port);
      return port;
    },
    received,
    take: () => {
      const taken = receipts;
      receipts = [];
      return taken;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      for (const service of services) service.close();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function echo(name: string, record: (receipt: Receipt) => void): (socket: Socket) => void {
  return (socket) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      record({ upstream: name, body, headers: [] });
      socket.end(`${name}: ${body}`);
    });
  };
}

function serveHttp(name: string, material: Material, record: (receipt: Receipt) => number): (socket: Socket) => void {
  // By the client's address: Node's TLS and HTTP/2 servers give out sockets of their own.
  const connections = new Map<string, Connection>();
  const connectionOf = (socket: Socket): Connection => connections.get(peerOf(socket)) ?? { upstream: name };

  const http1 = createHttpServer({ keepAliveTimeout: 60_000 }, (request, response) =>
    receive(request, response, connectionOf(request.socket), record),
  );
  const http2 = createHttp2Server((request, response) => {
    // Who asked may be gone by now.
    const { session } = request.stream;
    if (session?.socket) receive(request, response, connectionOf(session.socket as Socket), record);
  });
  http2.on("session", (session) => session.on("error", () => session.destroy()));
  http2.on("stream", (stream) => stream.on("error", () => stream.close()));
  const tlsServer = createTlsServer({
    ...serverCertificate(name, material),
    requestCert: true,
    rejectUnauthorized: false,
    ALPNCallback: ({ protocols }) => ["h2", "http/1.1"].find((protocol) => protocols.includes(protocol)),
  });
  const serve = (socket: Socket, opening: "http1" | "http2"): void => {
    (opening === "http2" ? http2 : http1).emit("connection", socket);
    // HTTP/1 reads by listening, which does not undo the sniffer's pause.
    if (opening === "http1") socket.resume();
  };
  tlsServer.on("secureConnection", (socket) => {
    connections.set(peerOf(socket), { ...connectionOf(socket), tls: describeTls(socket) });
    socket.on("error", () => socket.destroy());
    serve(socket, socket.alpnProtocol === "h2" ? "http2" : "http1");
  });
  tlsServer.on("tlsClientError", (_error, socket) => socket.destroy());

  return (socket) => {
    const peer = peerOf(socket);
    socket.on("close", () => connections.delete(peer));
    sniff(socket, (opening, proxyProtocol) => {
      connections.set(peer, { upstream: name, ...(proxyProtocol ? { proxyProtocol } : {}) });
      if (opening === "tls") tlsServer.emit("connection", socket);
      else serve(socket, opening);
    });
  };
}

const peerOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;

function serverCertificate(name: string, material: Material): { readonly cert: string; readonly key: string } {
  const { certificate, key } = material.certificate(`upstream-${name}:${name}.test,upstream.test:ca=upstreams`);
  return { cert: certificate, key };
}

function describeTls(socket: TLSSocket): ReceivedTls {
  const peer: Partial<PeerCertificate> = socket.getPeerCertificate();
  const { servername } = socket as TLSSocket & { readonly servername?: string | false };
  return {
    ...(servername ? { sni: servername } : {}),
    ...(socket.alpnProtocol ? { alpn: socket.alpnProtocol } : {}),
    version: socket.getProtocol() ?? "",
    ...(peer.subject ? { clientCertificate: String(peer.subject.CN) } : {}),
  };
}
