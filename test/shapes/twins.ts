/**
 * Two Envoys with the same configuration, one with plain route tables and one with another shape, and what each answers
 * to the same bytes: for the tests that hold that no client can tell them apart.
 */
import { connect, type Socket } from "node:net";
import { compile, defaultSettings, type Encoded, type RawObject, type RouteTables, type Settings } from "#compiler";
import { startEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";

/** An answer without what differs by the moment. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One of the two. */
export interface Twin {
  readonly routeTables: RouteTables;
  serve(objects: readonly RawObject[]): Promise<readonly Encoded[]>;
  /** Sends requests one after the other over one connection; each is all bytes of one. */
  ask(requests: readonly string[]): Promise<readonly Answer[]>;
  admin(path: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startTwin(routeTables: RouteTables, more: Partial<Settings> = {}): Promise<Twin> {
  const envoy = await startEnvoy();
  const port = await freePort();
  const settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports: { "8080": port }, routeTables, ...more };
  return {
    routeTables,
    async serve(objects) {
      const keyed = objects.map((object, i) => [`${i}`, object] as const);
      const { resources, diagnostics } = compile(keyed, { settings });
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      if (errors.length > 0) throw new Error(errors.map(({ code, message }) => `${code}: ${message}`).join("\n"));
      await envoy.serve(resources);
      return resources;
    },
    ask: (requests) => askAll(port, requests),
    admin: envoy.admin,
    close: envoy.close,
  };
}

const volatile = new Set(["date", "x-envoy-upstream-service-time", "x-request-id"]);

async function askAll(port: number, requests: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let connection: Connection | undefined;
  for (const request of requests) {
    connection ??= openConnection(port);
    const answer = await connection.ask(request);
    answers.push(answer);
    if (answer.headers["connection"] === "close" || answer.status === 101 || answer.status === 0) {
      connection.close();
      connection = undefined;
    }
  }
  connection?.close();
  return answers;
}

interface Connection {
  ask(request: string): Promise<Answer>;
  close(): void;
}

function openConnection(port: number): Connection {
  const socket: Socket = connect(port, "127.0.0.1");
  let received = "";
  let waiting: ((answer: Answer) => void) | undefined;
  const settle = (answer: Answer) => {
    const resolve = waiting;
    waiting = undefined;
    resolve?.(answer);
  };
  const look = () => {
    const answer = parseAnswer(received);
    if (!answer) return;
    received = received.slice(answer.length);
    settle(answer.answer);
  };
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    look();
  });
  socket.on("close", () => settle({ status: 0, headers: {}, body: "closed" }));
  socket.on("error", (error) => settle({ status: 0, headers: {}, body: String(error) }));
  return {
    ask: (request) =>
      new Promise((resolve) => {
        waiting = resolve;
        socket.write(request, "latin1");
      }),
    close: () => socket.destroy(),
  };
}

function parseAnswer(text: string): { readonly answer: Answer; readonly length: number } | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [status = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = text.slice(end + 4);
  const code = Number(status.split(" ")[1]);
  const chunked = headers["transfer-encoding"] === "chunked";
  const length = code === 101 ? 0 : Number(headers["content-length"] ?? 0);
  if (chunked ? !body.endsWith("0\r\n\r\n") : body.length < length) return undefined;
  const kept = Object.entries(headers).filter(([name]) => !volatile.has(name));
  const whole = chunked ? body : body.slice(0, length);
  return { answer: { status: code, headers: Object.fromEntries(kept), body: whole }, length: end + 4 + whole.length };
}
