/**
 * What lives long: responses without an end over HTTP/1.1 and HTTP/2, and WebSockets and calls of gRPC whose messages
 * come back one by one. Each that ends by itself, or loses a message, is broken, is written down, and is opened anew.
 */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Ports } from "./clients.ts";

/** A stream that ended although nobody wanted it to. */
export interface Broken {
  readonly scenario: string;
  readonly chain: string;
  readonly kind: string;
  readonly at: number;
}

/** All streams of a run. */
export interface Streams {
  scenario: string;
  stop(): void;
  /** How many of these chains were opened before this time and go on. */
  left(chains: readonly string[], before: number): number;
  readonly broken: readonly Broken[];
  /** Messages that arrived. */
  readonly messages: number;
}

type Open = (host: string, onMessage: () => void, onEnd: () => void) => () => void;

const beatMs = 100;
/** One that has had no message after so many openings never will. */
const mostOpenings = 200;

/** Opens one of each kind for each host; resolves when all of them have had a message. */
export async function openStreams({ https }: Ports, hosts: readonly string[]): Promise<Streams> {
  const broken: Broken[] = [];
  const there = new Map<string, { readonly chain: string; readonly at: number; readonly close: () => void }>();
  let [messages, stopped] = [0, false];
  const streams: Streams = {
    scenario: "",
    broken,
    get messages() {
      return messages;
    },
    left: (chains, before) =>
      [...there.values()].filter(({ chain, at }) => at < before && chains.includes(chain)).length,
    stop() {
      stopped = true;
      for (const { close } of there.values()) close();
    },
  };
  const kinds: readonly (readonly [string, Open])[] = [
    ["endless h2", (...given) => endlessHttp2(https, ...given)],
    ["endless http/1.1", (...given) => endlessHttp1(https, ...given)],
    ["websocket", (...given) => websocket(https, ...given)],
    ["grpc", (...given) => grpc(https, ...given)],
  ];
  const keep = ([kind, open]: readonly [string, Open], host: string): Promise<void> =>
    new Promise((resolve, reject) => {
      let [openings, works] = [0, false];
      const start = (): void => {
        if (!works && ++openings > mostOpenings) {
          streams.stop();
          reject(new Error(`${kind} of ${host} never had a message`));
          return;
        }
        const onMessage = (): void => {
          messages++;
          works = true;
          resolve();
        };
        const onEnd = (): void => {
          if (stopped) return;
          broken.push({ scenario: streams.scenario, chain: host, kind, at: performance.now() });
          start();
        };
        const at = performance.now();
        there.set(`${kind} ${host}`, { chain: host, at, close: open(host, onMessage, onEnd) });
      };
      start();
    });
  await Promise.all(hosts.flatMap((host) => kinds.map((kind) => keep(kind, host))));
  return streams;
}

function endlessHttp2(port: number, host: string, onMessage: () => void, onEnd: () => void): () => void {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false });
  session.on("error", () => session.destroy());
  const stream = session.request({ ":path": "/beats/", ":authority": host });
  stream.on("data", onMessage);
  stream.on("error", () => stream.close());
  stream.once("close", () => {
    session.close();
    onEnd();
  });
  return () => session.destroy();
}

function endlessHttp1(port: number, host: string, onMessage: () => void, onEnd: () => void): () => void {
  const socket = dial(port, host, "GET /beats/ HTTP/1.1", [], onEnd);
  socket.on("data", onMessage);
  return () => socket.destroy();
}

/** Numbered messages behind a head that is always the same. */
interface Echoes {
  next(): Buffer;
  /** Takes what comes back; false when a message is missing, or none. */
  take(data: Buffer): boolean;
}

function echoes(head: readonly number[], onMessage: () => void): Echoes {
  const size = head.length + 4;
  let [sent, seen, rest] = [0, 0, Buffer.alloc(0)];
  const message = (number: number): Buffer => {
    const bytes = Buffer.from([...head, 0, 0, 0, 0]);
    bytes.writeUInt32BE(number, head.length);
    return bytes;
  };
  return {
    next: () => message(sent++),
    take(data) {
      rest = Buffer.concat([rest, data]);
      for (; rest.length >= size; rest = rest.subarray(size)) {
        if (!rest.subarray(0, size).equals(message(seen++))) return false;
        onMessage();
      }
      return true;
    },
  };
}

/** A final binary frame of four bytes under a mask that changes nothing, so that its echo is the same. */
const frameHead = [0x82, 0x84, 0, 0, 0, 0];

function websocket(port: number, host: string, onMessage: () => void, onEnd: () => void): () => void {
  const headers = ["connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13"];
  const socket = dial(port, host, "GET /upgraded/ HTTP/1.1", headers, onEnd);
  const { next, take } = echoes(frameHead, onMessage);
  let timer: NodeJS.Timeout | undefined;
  once(socket, "data").then(
    () => {
      socket.on("data", (data: Buffer) => take(data) || socket.destroy());
      timer = setInterval(() => socket.write(next()), beatMs);
    },
    () => socket.destroy(),
  );
  socket.once("close", () => clearInterval(timer));
  return () => socket.destroy();
}

/** A message of four bytes that is not compressed. */
const grpcHead = [0, 0, 0, 0, 4];

function grpc(port: number, host: string, onMessage: () => void, onEnd: () => void): () => void {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false });
  session.on("error", () => session.destroy());
  const headers = { ":method": "POST", ":path": "/loss.Echo/Talk", ":authority": host, te: "trailers" };
  const stream = session.request({ ...headers, "content-type": "application/grpc" });
  const { next, take } = echoes(grpcHead, onMessage);
  const timer = setInterval(() => stream.write(next()), beatMs);
  stream.on("data", (data: Buffer) => take(data) || stream.close());
  stream.on("error", () => stream.close());
  stream.once("close", () => {
    clearInterval(timer);
    session.close();
    onEnd();
  });
  return () => session.destroy();
}

function dial(port: number, host: string, line: string, headers: readonly string[], onEnd: () => void): Socket {
  const socket = connectTls({ host: "127.0.0.1", port, servername: host, rejectUnauthorized: false });
  socket.write(`${[line, `host: ${host}`, ...headers].join("\r\n")}\r\n\r\n`);
  socket.on("error", () => socket.destroy());
  socket.once("close", onEnd);
  return socket;
}
