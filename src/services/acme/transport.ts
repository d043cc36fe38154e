/**
 * HTTP to a certificate authority: https alone, an answer of at most 1 MiB in at most a minute, and redirects only
 * where nothing was signed. Neither requests nor answers are logged.
 */
import { rootCertificates } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import { readLimited } from "#base/limited-body.ts";
import { NoAuthority } from "./problem.ts";

/** A request; a body is a signed one. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: string;
  readonly body?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** A header's values. */
  header(name: string): readonly string[];
}

/** A way to authorities. */
export interface Transport {
  /** Rejects with {@link NoAuthority}, or as its signal does. */
  ask(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Whom to believe, and when to give up. */
export interface TransportOptions {
  /** PEM of authorities that are believed besides the system's. */
  readonly trusted?: readonly string[];
  readonly answerTimeoutMs?: number;
}

const maxBodyBytes = 1 << 20;
const mostRedirects = 3;

/** Opens one; nothing is asked yet. */
export function openTransport({ trusted = [], answerTimeoutMs = 60_000 }: TransportOptions = {}): Transport {
  const connect = trusted.length === 0 ? {} : { ca: [...rootCertificates, ...trusted] };
  const agent = new Agent({ connect: { timeout: 10_000, ...connect }, connections: 8 });

  async function askOnce(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { origin, pathname, search } = secureUrl(request.url);
    const response = await agent.request({
      origin,
      path: `${pathname}${search}`,
      method: request.method,
      headers: {
        "user-agent": "dragoman",
        "accept-language": "en",
        ...(request.accept === undefined ? {} : { accept: request.accept }),
        ...(request.body === undefined ? {} : { "content-type": "application/jose+json" }),
      },
      body: request.body ?? null,
      signal,
    });
    return { status: response.statusCode, text: await readBody(response), header: headerOf(response) };
  }

  async function follow(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    let { url } = request;
    for (let redirects = 0; ; redirects++) {
      const answer = await askOnce({ ...request, url }, signal);
      const [location] = answer.header("location");
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
      if (!isRedirect || request.method === "POST") return answer;
      if (redirects >= mostRedirects)
        throw new NoAuthority(`${request.url} redirects more than ${mostRedirects} times`);
      url = new URL(location, url).href;
    }
  }

  return {
    async ask(request) {
      const late = AbortSignal.timeout(answerTimeoutMs);
      try {
        return await follow(request, AbortSignal.any([late, ...(request.signal ? [request.signal] : [])]));
      } catch (error) {
        if (request.signal?.aborted || error instanceof NoAuthority) throw error;
        const what = late.aborted ? `no answer in ${answerTimeoutMs / 1000} s` : reasonOf(error);
        throw new NoAuthority(`${request.method} ${request.url}: ${what}`, { cause: error });
      }
    },
    close: () => agent.destroy(),
  };
}

function secureUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" && url.username === "" && url.password === "") return url;
  throw new NoAuthority(`${JSON.stringify(text)} is not the https address of a certificate authority`);
}

async function readBody({ body, headers }: Dispatcher.ResponseData): Promise<string> {
  const tooLong = new NoAuthority("the answer of the authority has more than 1 MiB");
  if (Number(headers["content-length"] ?? 0) > maxBodyBytes) {
    body.destroy(tooLong);
    throw tooLong;
  }
  const read = await readLimited(body, maxBodyBytes);
  if (read) return read.toString("utf8");
  body.destroy();
  throw tooLong;
}

function headerOf({ headers }: Dispatcher.ResponseData): HttpAnswer["header"] {
  return (name) => {
    const value = headers[name];
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  };
}

/** What the network says; of its causes only the innermost tells something. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
