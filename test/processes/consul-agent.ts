/**
 * A stand-in for a Consul agent: `/v1/health/service/<name>` with `passing`, `dc`, `index` and `wait` as Consul's HTTP
 * API documents them, and the ways in which a real one fails.
 */
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An instance as it is registered. */
export interface Registered {
  readonly id: string;
  /** The service's own address; "" leaves it to the node. */
  readonly address?: string;
  readonly node?: string;
  readonly port: number;
  readonly status?: "passing" | "warning" | "critical";
}

/** A question that was asked. */
export interface Question {
  readonly service: string;
  readonly datacenter: string;
  /** 0: it did not wait. */
  readonly index: number;
  readonly wait: string;
  readonly token: string | undefined;
}

/** How questions are answered in place of the truth. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The agent, from the outside. */
export interface ConsulAgent {
  readonly url: string;
  readonly questions: readonly Question[];
  /** Replaces a service's instances, which answers everybody who waits for it. */
  register(service: string, instances: readonly Registered[]): void;
  /** The index of everything goes back, as after a restored snapshot. */
  restore(index: number): void;
  /** From now on everything is refused, or no longer; who waits is told. */
  refuse(refusal: Refusal | undefined): void;
  /** How many questions wait. */
  waiting(): number;
  /** Resolves when something is so, looked at whenever the agent is asked or answers. */
  until(isSo: () => boolean): Promise<void>;
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

/** What a stand-in is started with. */
export interface ConsulAgentOptions {
  /** Any when absent. */
  readonly port?: number;
  readonly datacenter?: string;
  /** How long an answer takes that need not wait for a change. */
  readonly slowMs?: number;
}

/** Starts one that knows nothing. */
export async function startConsulAgent({
  port = 0,
  datacenter = "dc1",
  slowMs = 0,
}: ConsulAgentOptions = {}): Promise<ConsulAgent> {
  const services = new Map<string, { readonly instances: readonly Registered[]; readonly index: number }>();
  const questions: Question[] = [];
  const waiters = new Set<() => void>();
  const news = new EventEmitter({ captureRejections: true }).setMaxListeners(0);
  let index = 10;
  let refusal: Refusal | undefined;
  let server: Server;
  let bound = port;

  function answer(question: Question, response: ServerResponse): void {
    const known = services.get(question.service);
    const passing = (known?.instances ?? []).filter(({ status = "passing" }) => status === "passing");
    response.setHeader("x-consul-index", known?.index ?? index);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(passing.map((one) => entryOf(question.service, one))));
  }

  function reply(question: Question, response: ServerResponse): void {
    if (refusal) response.writeHead(refusal.status, refusal.headers).end(refusal.body);
    else if (question.datacenter !== datacenter) response.writeHead(500).end("No path to datacenter");
    else answer(question, response);
  }

  function take(request: IncomingMessage, response: ServerResponse): void {
    const question = questionOf(request);
    if (!question) {
      response.writeHead(404).end();
      return;
    }
    questions.push(question);
    // A question with an index from the future is answered at once, as one with an old index is.
    const current = services.get(question.service)?.index ?? index;
    if (refusal || question.index !== current) setTimeout(() => reply(question, response), slowMs);
    else hold(question, request, response);
    news.emit("news");
  }

  function hold(question: Question, request: IncomingMessage, response: ServerResponse): void {
    const over = (): void => {
      waiters.delete(over);
      clearTimeout(timer);
      reply(question, response);
      news.emit("news");
    };
    const timer = setTimeout(over, Number(/^(\d+)s$/.exec(question.wait)?.[1]) * 1000);
    waiters.add(over);
    request.socket.once("close", () => {
      waiters.delete(over);
      clearTimeout(timer);
      news.emit("news");
    });
  }

  function wake(): void {
    for (const over of [...waiters]) over();
  }

  async function start(): Promise<void> {
    server = createServer(take);
    server.listen(bound, "127.0.0.1");
    await once(server, "listening");
    bound = (server.address() as AddressInfo).port;
  }

  await start();
  return {
    url: `http://127.0.0.1:${bound}`,
    questions,
    register(service, instances) {
      index += 1;
      services.set(service, { instances, index });
      wake();
    },
    restore(to) {
      index = to;
      for (const [service, { instances }] of services) services.set(service, { instances, index });
      wake();
    },
    refuse(with_) {
      refusal = with_;
      wake();
    },
    waiting: () => waiters.size,
    async until(isSo) {
      const signal = AbortSignal.timeout(20_000);
      while (!isSo()) await once(news, "news", { signal });
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    start,
  };
}

function questionOf({ url = "", headers }: IncomingMessage): Question | undefined {
  const { pathname, searchParams } = new URL(url, "http://agent");
  const service = /^\/v1\/health\/service\/([^/]+)$/.exec(pathname)?.[1];
  if (service === undefined || !searchParams.has("passing")) return undefined;
  const token = headers["x-consul-token"];
  return {
    service: decodeURIComponent(service),
    datacenter: searchParams.get("dc") ?? "",
    index: Number(searchParams.get("index") ?? 0),
    wait: searchParams.get("wait") ?? "",
    token: typeof token === "string" ? token : undefined,
  };
}

function entryOf(service: string, { id, address = "127.0.0.1", node = "127.0.0.1", port, status }: Registered): object {
  return {
    Node: { ID: "5cf9e0d2", Node: `node-of-${id}`, Address: node, Datacenter: "dc1" },
    Service: { ID: id, Service: service, Tags: [], Address: address, Port: port, Weights: { Passing: 1, Warning: 1 } },
    Checks: [{ CheckID: `service:${id}`, Status: status ?? "passing", Output: "" }],
  };
}
