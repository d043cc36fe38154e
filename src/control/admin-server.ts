/**
 * The admin interface: health, metrics and the questions of the command line, over a unix socket in the runtime
 * directory and, where asked for, on a port. It shows no secret and changes nothing. Who asks decides what is answered:
 * this machine everything, others what `isPublic` says.
 */
import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { errorFields, type Log } from "#base/log.ts";
import { printable } from "#base/printable.ts";

/** An answer; a body that is no text is sent as JSON. */
export interface AdminAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** Answers one path. `input` is the JSON body of a POST, or undefined. */
export type AdminEndpoint = (input: unknown, path: string) => AdminAnswer | Promise<AdminAnswer>;

/** Who is not this machine: somebody whose request came through Envoy, or who called this port from elsewhere. */
export type Stranger = "through-envoy" | "from-elsewhere";

/** What to answer, and where. */
export interface AdminServerOptions {
  readonly socketPath: string;
  /** 0 takes any free one; without it there is only the socket. */
  readonly port?: number;
  /** The IP address that the port is of; 127.0.0.1 when absent. */
  readonly address?: string;
  /** By path; one that ends in a slash answers everything below it. */
  readonly endpoints: Readonly<Record<string, AdminEndpoint>>;
  /** Paths that are answered although it is not this machine that asks; absent: none. */
  readonly isPublic?: (path: string, asks: Stranger) => boolean;
  readonly log: Log;
}

/** A running admin interface. */
export interface AdminServer {
  readonly port: number | undefined;
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;

/** Listens. Rejects when the port is taken. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, options).then(
      (result) => respond(response, result),
      (error: unknown) => {
        options.log("error", "an admin request has failed", { path: request.url, ...errorFields(error) });
        respond(response, { status: 500, body: "internal error; see the log\n" });
      },
    );
  };
  await rm(options.socketPath, { force: true });
  const onSocket = createServer(serve);
  await listen(onSocket, { path: options.socketPath });
  await chmod(options.socketPath, 0o600);
  const onPort = options.port === undefined ? undefined : createServer(serve);
  if (onPort) {
    await listen(onPort, { port: options.port ?? 0, host: options.address ?? "127.0.0.1" }).catch(
      async (error: unknown) => {
        await close(onSocket);
        throw error;
      },
    );
  }
  const address = onPort?.address();
  return {
    port: typeof address === "object" && address ? address.port : undefined,
    async close() {
      await Promise.all([onSocket, onPort].map((server) => server && close(server)));
      await rm(options.socketPath, { force: true });
    },
  };
}

async function answer(request: IncomingMessage, options: AdminServerOptions): Promise<AdminAnswer> {
  const { endpoints, isPublic } = options;
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const stranger = strangerOf(request);
  if (stranger && !isPublic?.(pathname, stranger)) return { status: 403, body: "only for this machine\n" };
  const endpoint = endpoints[pathname] ?? below(endpoints, pathname);
  if (!endpoint) return { status: 404, body: `there is nothing at ${printable(pathname)}\n` };
  if (request.method === "GET" || request.method === "HEAD") return endpoint(undefined, pathname);
  if (request.method !== "POST") return { status: 405, body: "GET or POST\n" };
  // A page in a browser cannot send this type without asking first.
  if (request.headers["content-type"] !== "application/json") return { status: 415, body: "application/json only\n" };
  const text = await readBody(request);
  if (text === undefined) return { status: 413, body: "too large\n" };
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    return { status: 400, body: `not JSON: ${error instanceof Error ? error.message : String(error)}\n` };
  }
  return endpoint(input, pathname);
}

function below(endpoints: AdminServerOptions["endpoints"], pathname: string): AdminEndpoint | undefined {
  const entry = Object.entries(endpoints).find(([prefix]) => prefix.endsWith("/") && pathname.startsWith(prefix));
  return entry?.[1];
}

/**
 * A web page can make a browser call this port under a name of its own choice, but not under these. What comes through
 * Envoy's probe routes has another name, too, which no client can choose: Envoy puts it there. From another machine
 * every name can be sent, so there only the address of the connection counts.
 */
function strangerOf({ headers, socket }: IncomingMessage): Stranger | undefined {
  // A unix socket has no address, and is open to its owner only.
  if (socket.remoteAddress === undefined) return undefined;
  if (!/^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress)) return "from-elsewhere";
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(headers.host ?? "") ? undefined : "through-envoy";
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function respond(response: ServerResponse, { status = 200, body }: AdminAnswer): void {
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
    "cache-control": "no-store",
  });
  response.end(isText ? body : `${JSON.stringify(body)}\n`);
}

function listen(server: Server, where: { path: string } | { port: number; host: string }): Promise<void> {
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
