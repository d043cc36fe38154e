/**
 * The admin interface: health, metrics and the questions of the command line, over a unix socket in the runtime
 * directory and, where asked for, on a port. It shows no secret. Who asks decides what is answered: this machine
 * everything, others what `isPublic` says.
 */
import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { readLimited } from "#base/limited-body.ts";
import { errorFields, type Log } from "#base/log.ts";
import { printable } from "#base/printable.ts";
import { type AdminAnswer, respond } from "./answer.ts";
import { createTurns, limitConnections, patience, type Turns } from "./limits.ts";
import { type Stranger, strangerOf } from "./stranger.ts";

export type { AdminAnswer, Stranger };

/** A question. */
export interface AdminQuestion {
  readonly path: string;
  /** What follows the question mark. */
  readonly query: URLSearchParams;
  /** The JSON body of a POST; undefined for a GET. */
  readonly input: unknown;
  /** Absent when it is this machine that asks. */
  readonly stranger: Stranger | undefined;
}

/** Answers one path. */
export type AdminEndpoint = (question: AdminQuestion) => AdminAnswer | Promise<AdminAnswer>;

/** Where a port is. */
export interface AdminPort {
  /** 0 takes any free one. */
  readonly port: number;
  /** The IP address that it is of; all that this machine has when absent. */
  readonly address?: string;
  /** Of `::`, not the IPv4 addresses. */
  readonly ipv6Only?: boolean;
}

/** What to answer. */
export interface Answering {
  /** By path; one that ends in a slash answers everything below it. */
  readonly endpoints: Readonly<Record<string, AdminEndpoint>>;
  /** Paths that are answered although it is not this machine that asks; absent: none. */
  readonly isPublic?: (path: string, asks: Stranger) => boolean;
  /** The most answers at a time, by path, for those that cost something. */
  readonly atOnce?: Readonly<Record<string, number>>;
  readonly log: Log;
}

/** A place where questions are answered. */
export interface AdminServer {
  /** Undefined for a socket. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;
/** Answers on a unix socket that only its owner may open; an old socket file is replaced. */
export async function answerOnSocket(path: string, answering: Answering): Promise<AdminServer> {
  await rm(path, { force: true });
  const server = createServer(listener(answering));
  await listen(server, { path });
  await chmod(path, 0o600);
  return {
    port: undefined,
    async close() {
      await close(server);
      await rm(path, { force: true });
    },
  };
}

/** Answers on a port; rejects when it is taken. */
export async function answerOnPort(at: AdminPort, answering: Answering): Promise<AdminServer> {
  const server = createServer(patience, listener(answering));
  limitConnections(server);
  const { port, address, ipv6Only = false } = at;
  await listen(server, { port, ipv6Only, ...(address !== undefined && { host: address }) });
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : undefined,
    close: () => close(server),
  };
}

function listener(options: Answering): RequestListener {
  const turns = createTurns(options.atOnce ?? {});
  return (request, response) => {
    answer(request, response, options, turns)
      .catch((error: unknown): AdminAnswer => {
        options.log("error", "an admin request has failed", { path: request.url, ...errorFields(error) });
        return { status: 500, body: "internal error; see the log\n" };
      })
      .then((result) => respond(response, result, request.method === "HEAD"))
      .catch((error: unknown) => {
        response.destroy();
        const hasGone = error instanceof Error && error.name === "AbortError";
        options.log(hasGone ? "debug" : "error", "an admin answer was broken off", {
          path: request.url,
          ...errorFields(error),
        });
      });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: Answering,
  turns: Turns,
): Promise<AdminAnswer> {
  const { endpoints, isPublic } = options;
  const url = URL.parse(`http://localhost${request.url ?? "/"}`);
  if (!url) return { status: 400, body: "that is no path\n" };
  const { pathname: path, searchParams: query } = url;
  const stranger = strangerOf(request);
  if (stranger && !isPublic?.(path, stranger)) return { status: 403, body: "only for this machine\n" };
  const endpoint = endpoints[path] ?? below(endpoints, path);
  if (!endpoint) return { status: 404, body: `there is nothing at ${printable(path)}\n` };
  if (!turns.take(path, response)) return { status: 503, body: "busy with the same question; ask again\n" };
  if (request.method === "GET" || request.method === "HEAD") {
    return endpoint({ path, query, stranger, input: undefined });
  }
  if (request.method !== "POST") return { status: 405, body: "GET or POST\n" };
  if (stranger) return { status: 403, body: "only for this machine\n" };
  // A page in a browser cannot send this type without asking first.
  if (request.headers["content-type"] !== "application/json") return { status: 415, body: "application/json only\n" };
  const body = await readLimited(request, maxBodyBytes);
  if (body === undefined) return { status: 413, body: "too large\n" };
  let input: unknown;
  try {
    input = JSON.parse(body.toString("utf8"));
  } catch (error) {
    return { status: 400, body: `not JSON: ${error instanceof Error ? error.message : String(error)}\n` };
  }
  return endpoint({ path, query, stranger, input });
}

function below(endpoints: Answering["endpoints"], path: string): AdminEndpoint | undefined {
  const entry = Object.entries(endpoints).find(([prefix]) => prefix.endsWith("/") && path.startsWith(prefix));
  return entry?.[1];
}

function listen(
  server: Server,
  where: { path: string } | { port: number; host?: string; ipv6Only: boolean },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
