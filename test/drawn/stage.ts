/** Where drawn configurations are played: one real Envoy, upstreams, and connections that are kept. */

import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import type { Encoded } from "#compiler";
import { send } from "../envoy/client.ts";
import { connect } from "../envoy/dial.ts";
import { startEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { expandPlaceholders, upstreamsIn } from "../envoy/placeholders.ts";
import type { Receipt } from "../envoy/receipt.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { parseTarget } from "../envoy/target.ts";
import { openUpstreams } from "../envoy/upstream.ts";
import { ports } from "./edge.ts";
import { ownUpstreams } from "./services.ts";

/** What came of a request. */
export interface Observation {
  /** Absent: the connection was refused or closed. */
  readonly status?: number;
  readonly location?: string;
  /** Why there is no status. */
  readonly error?: string;
  /** What upstreams received of it; several where it was tried again or copied. */
  readonly receipts: readonly Receipt[];
}

/** A stage. */
export interface Stage {
  /** Listener port → port really bound. */
  readonly ports: Readonly<Record<string, number>>;
  /** `address:port` → the upstream that listens there. */
  readonly upstreams: ReadonlyMap<string, string>;
  /** Replaces a golden case's placeholders. */
  expand(text: string): Promise<string>;
  /** Serves a configuration; throws what Envoy refuses. */
  serve(resources: readonly Encoded[]): Promise<void>;
  /** Sends requests, many at once, and says what came of each. */
  ask(specs: readonly RequestSpec[]): Promise<readonly Observation[]>;
  close(): Promise<void>;
}

const parallel = 16;
/** Tells requests apart; nothing matches it. */
const idHeader = "x-drawn";

/** Opens one. */
export async function openStage(): Promise<Stage> {
  let envoy = await startEnvoy();
  const material = openMaterial();
  const servers = openUpstreams(material);
  const bound: Record<string, number> = {};
  for (const port of ports) bound[port] = await freePort();
  const upstreams = new Map<string, string>();
  const opened = new Map<string, number>();
  let connections = new Map<string, Agent>();

  const expand = async (text: string): Promise<string> => {
    for (const upstream of upstreamsIn([text])) {
      if (opened.has(upstream.name)) continue;
      const port = await servers.open(upstream);
      opened.set(upstream.name, port);
      upstreams.set(`127.0.0.1:${port}`, upstream.name);
    }
    return expandPlaceholders(text, material, ({ name }) => opened.get(name) ?? 0);
  };
  const addressOf = (port: number) => ({ host: "127.0.0.1", port: bound[port] ?? port });
  const agentFor = (spec: RequestSpec): Agent => {
    const target = parseTarget(spec);
    const key = `${target.scheme} ${target.port} ${target.hostname} ${spec.proxyProtocol ? "proxied" : ""}`;
    const known = connections.get(key);
    if (known) return known;
    const fresh = agent(() => connect(spec, target, addressOf(target.port), material).then(({ socket }) => socket));
    connections.set(key, fresh);
    return fresh;
  };
  const exchange = async (spec: RequestSpec): Promise<Omit<Observation, "receipts">> => {
    if (spec.http === "2") {
      const { status, headers } = await send(spec, addressOf, material);
      return answerOf(status, headers.find(([name]) => name === "location")?.[1]);
    }
    return exchangeKept(spec, agentFor(spec));
  };
  return {
    ports: bound,
    upstreams,
    expand,
    serve: async (resources) => {
      for (const one of connections.values()) one.destroy();
      connections = new Map();
      try {
        await envoy.serve(resources);
      } catch (error) {
        // Whatever is wrong with it, the next configuration gets another one.
        await envoy.close();
        envoy = await startEnvoy();
        throw error;
      }
    },
    ask: async (specs) => {
      servers.take();
      const marked = specs.map((spec, i) => ({ ...spec, headers: { ...spec.headers, [idHeader]: String(i) } }));
      const answers = await inParallel(marked, exchange);
      envoy.assertRunning();
      const receipts = Map.groupBy(
        servers.take().filter(({ upstream }) => !ownUpstreams.includes(upstream)),
        idOf,
      );
      return answers.map((answer, i) => ({ ...answer, receipts: receipts.get(String(i)) ?? [] }));
    },
    close: async () => {
      for (const one of connections.values()) one.destroy();
      await envoy.close();
      await servers.close();
    },
  };
}

function idOf({ headers }: Receipt): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === idHeader)?.[1];
}

async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await run(items[i] as T);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

/** Keeps connections that are opened in our own way. */
function agent(open: () => Promise<Duplex>): Agent {
  const kept = new Agent({ keepAlive: true, maxSockets: 4 });
  kept.createConnection = (_options, done) => {
    open().then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  return kept;
}

async function exchangeKept(spec: RequestSpec, agent: Agent): Promise<Omit<Observation, "receipts">> {
  const { authority, path } = parseTarget(spec);
  const pairs = Object.entries(spec.headers ?? {}).flatMap(([name, value]) => [name, String(value)]);
  const headers = ["Host", authority, ...pairs];
  const outgoing = request({ agent, method: spec.method ?? "GET", path, setHost: false, headers });
  outgoing.setTimeout(10_000, () => outgoing.destroy(new Error("timed out")));
  outgoing.end();
  try {
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    return answerOf(response.statusCode, response.headers.location);
  } catch (error) {
    if (error instanceof Error) return { error: error.message };
    throw error;
  }
}

function answerOf(status: number | undefined, location: string | undefined): Omit<Observation, "receipts"> {
  return { ...(status === undefined ? {} : { status }), ...(location === undefined ? {} : { location }) };
}
