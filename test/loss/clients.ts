/**
 * The clients: each asks one question at a time over a connection of its kind, and says the answer in a line:
 * status, body, and what the configuration adds; or why there was none.
 */
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Connections, Kept } from "./connections.ts";
import type { Question } from "./ledger.ts";

/** Where Envoy listens. */
export interface Ports {
  readonly http: number;
  readonly https: number;
}

/** One kind of client. */
export interface Client {
  readonly name: string;
  /** Whether each request has a connection of its own. */
  readonly fresh: boolean;
  readonly cleartext: boolean;
  ask(question: Question): Promise<string>;
  close(): void;
}

/** Names of the filter chains without TLS, that of the port for it and that of the port for TLS. */
export const cleartextChains = ["http", "http at the TLS port"] as const;

/** All kinds, as often as they are to be used; those that keep connections have them written down. */
export function openClients(ports: Ports, connections: Connections): readonly Client[] {
  const swapped = { ...ports, http: ports.https };
  const kept = [
    keptHttp1({ name: "http/1.1", chain: cleartextChains[0], ports, connections }),
    keptHttp1({ name: "https/1.1", ports, connections }),
    keptHttp2("h2", ports, connections),
    keptHttp1({ name: "http/1.1 at the TLS port", chain: cleartextChains[1], ports: swapped, connections }),
  ];
  // New connections are dear, to the clients too: two in eighteen.
  const fresh = [freshHttp1("new http/1.1", false, ports), freshHttp1("new https/1.1", true, ports)];
  return fresh.flatMap((one) => [...kept, ...kept, one]);
}

/** Asks for the certificate of a name on a connection of its own. */
export function certificateClient({ https }: Ports): Client {
  return {
    name: "new handshake",
    fresh: true,
    cleartext: false,
    close: () => undefined,
    ask: ({ host }) =>
      new Promise((resolve) => {
        const socket = connectTls({ ...loopback(https), servername: host, rejectUnauthorized: false });
        socket.on("error", (error) => resolve(failure(error)));
        socket.once("secureConnect", () => {
          resolve(`certificate ${String(socket.getPeerCertificate().subject.CN)}`);
          socket.end();
        });
      }),
  };
}

const loopback = (port: number) => ({ host: "127.0.0.1", port });

interface KeptHttp1 {
  readonly name: string;
  /** Without it, over TLS to the chain of the host. */
  readonly chain?: string;
  readonly ports: Ports;
  readonly connections: Connections;
}

function keptHttp1({ name, chain, ports, connections }: KeptHttp1): Client {
  const secure = chain === undefined;
  // An agent that keeps fewer ends connections itself.
  const options = { keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY };
  const agent = secure ? new TlsAgent(options) : new Agent(options);
  const known = new WeakMap<Socket, Kept>();
  return {
    name,
    fresh: false,
    cleartext: !secure,
    ask: (question) =>
      http1(question, { secure, ports, agent }, (outgoing) => {
        outgoing.on("socket", (socket) => {
          const kept = known.get(socket) ?? connections.open(chain ?? question.host, name);
          if (!known.has(socket)) socket.once("close", kept.gone);
          known.set(socket, kept);
          outgoing.once("response", ({ headers }) => {
            kept.used();
            if (headers.connection === "close") kept.announce();
          });
        });
      }),
    close: () => agent.destroy(),
  };
}

function freshHttp1(name: string, secure: boolean, ports: Ports): Client {
  return {
    name,
    fresh: true,
    cleartext: !secure,
    ask: (question) => http1(question, { secure, ports, agent: false }, () => undefined),
    close: () => undefined,
  };
}

interface Http1Means {
  readonly secure: boolean;
  readonly ports: Ports;
  readonly agent: Agent | false;
}

function http1(
  { host, path }: Question,
  { secure, ports, agent }: Http1Means,
  watch: (outgoing: ClientRequest) => void,
): Promise<string> {
  return new Promise((resolve) => {
    const common = { path, agent, headers: { host } };
    const outgoing = secure
      ? tlsRequest({ ...common, ...loopback(ports.https), servername: host, rejectUnauthorized: false })
      : request({ ...common, ...loopback(ports.http) });
    watch(outgoing);
    outgoing.on("error", (error) => resolve(failure(error)));
    outgoing.on("response", (incoming) => {
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (text: string) => {
        body += text;
      });
      incoming.on("error", (error) => resolve(failure(error)));
      incoming.on("end", () => resolve(line(incoming.statusCode, body, incoming.headers)));
    });
    outgoing.end();
  });
}

interface Session {
  readonly session: ClientHttp2Session;
  readonly kept: Kept;
  /** Why it ended: its streams only say that they were cancelled. */
  failure: string;
}

function keptHttp2(name: string, { https }: Ports, connections: Connections): Client {
  const sessions = new Map<string, Session>();
  const sessionOf = (host: string): Session => {
    const known = sessions.get(host);
    if (known) return known;
    const session = connect(`https://127.0.0.1:${https}`, { servername: host, rejectUnauthorized: false });
    const kept = connections.open(host, name);
    const opened: Session = { session, kept, failure: "failed: closed" };
    sessions.set(host, opened);
    const leave = (): void => {
      if (sessions.get(host) === opened) sessions.delete(host);
    };
    session.on("goaway", () => {
      kept.announce();
      leave();
    });
    session.on("error", (error) => {
      opened.failure = failure(error);
      leave();
    });
    session.on("close", () => {
      leave();
      kept.gone();
    });
    return opened;
  };
  return {
    name,
    fresh: false,
    cleartext: false,
    ask: (question) => http2(sessionOf(question.host), question),
    close: () => {
      for (const { session } of sessions.values()) session.destroy();
    },
  };
}

function http2(opened: Session, { host, path }: Question): Promise<string> {
  return new Promise((resolve) => {
    const stream = opened.session.request({ ":path": path, ":authority": host });
    let [body, status, headers] = ["", 0, {} as IncomingMessage["headers"]];
    stream.setEncoding("utf8");
    stream.on("response", (given) => {
      opened.kept.used();
      status = given[":status"] ?? 0;
      headers = given as IncomingMessage["headers"];
    });
    stream.on("data", (text: string) => {
      body += text;
    });
    stream.on("error", (error) => opened.session.destroyed || resolve(failure(error)));
    stream.on("end", () => resolve(line(status, body, headers)));
    stream.on("close", () => setImmediate(() => resolve(opened.failure)));
    stream.end();
  });
}

function line(status: number | undefined, body: string, headers: IncomingMessage["headers"]): string {
  const edition = headers["x-edition"];
  const says = status === 200 || body.startsWith("upstream");
  return [status, ...(says ? [body] : []), ...(edition === undefined ? [] : [`edition ${edition}`])].join(" ");
}

function failure(error: Error): string {
  return `failed: ${"code" in error ? String(error.code) : error.message}`;
}
