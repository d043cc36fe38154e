/**
 * Asks an API server: JSON over HTTP, with the identity that the access gives. Requests that may be repeated are
 * repeated while the server is overloaded or away, with jittered delays and as late as it asks for; a refused identity
 * is renewed once. What is asked of it, and how often, is the caller's business.
 */

import { setTimeout as pause } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { createBackOff } from "#base/back-off.ts";
import { errorCode } from "#base/error-code.ts";
import { readLimited } from "#base/limited-body.ts";
import { type Access, AccessUnavailable } from "./access.ts";
import { openConnections } from "./connections.ts";
import { ApiFailure, isPassing, NoAnswer } from "./failure.ts";
import { jsonLines, parseJson } from "./lines.ts";
import { openReadiness, type Readiness, type Said } from "./readiness.ts";

/** One request. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the server's root: `/api/v1/…`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
  /** Of the body; JSON when absent. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** How often it is tried at most: 1 unless more is said, and then only what changes nothing the second time. */
  readonly attempts?: number;
}

/** A connection to one API server. */
export interface Client {
  /** The answer; rejects with {@link ApiFailure} or {@link NoAnswer}. */
  ask(request: ApiRequest): Promise<unknown>;
  /** The answer as it comes, line by line; ends with the server, rejects as `ask` does. */
  stream(request: ApiRequest): Promise<AsyncGenerator<readonly unknown[]>>;
  /** Whether the server is not ready yet, so that what it refuses or lacks means nothing. */
  isStarting: Readiness["isStarting"];
  /** Resolves when it is ready, or never will be, or when the signal comes. */
  whenStarted: Readiness["whenStarted"];
  /** The access's own. */
  readonly namespace: string;
  close(): Promise<void>;
}

const retries = { shortestMs: 200, longestMs: 10_000, healthyMs: Number.POSITIVE_INFINITY };
/** How long nothing may come, in ms, before nobody is there. */
export interface Patience {
  readonly answerMs: number;
  /** On a stream: the server sends a bookmark about each minute. */
  readonly quietMs: number;
}

const usual: Patience = { answerMs: 30_000, quietMs: 180_000 };
const maxBodyBytes = 512 << 20;

/** Opens a client; nothing is asked yet. */
export function openClient(access: Access, { answerMs, quietMs } = usual): Client {
  const connections = openConnections(access);

  async function send(request: ApiRequest, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    const first = await sendOnce(request, bodyTimeout);
    if (first.statusCode !== 401) return first;
    await first.body.dump();
    access.credentials.refused();
    return sendOnce(request, bodyTimeout);
  }

  async function sendOnce(request: ApiRequest, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    const identity = await access.credentials.current();
    const url = new URL(access.server);
    const { body, contentType = "application/json", signal } = request;
    try {
      return await connections.for(identity).request({
        origin: url.origin,
        path: `${url.pathname.replace(/\/$/, "")}${request.path}${queryText(request.query)}`,
        method: request.method ?? "GET",
        headers: {
          accept: "application/json",
          "user-agent": "dragoman",
          ...(identity.authorization === undefined ? {} : { authorization: identity.authorization }),
          ...(body === undefined ? {} : { "content-type": contentType }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
        headersTimeout: answerMs,
        bodyTimeout,
      });
    } catch (error) {
      throw asNoAnswer(error, signal);
    }
  }

  async function askOnce(request: ApiRequest): Promise<unknown> {
    const response = await send(request, answerMs);
    const content = await readBody(response, request.signal);
    if (response.statusCode >= 200 && response.statusCode < 300) return parseJson(content);
    throw failureOf(response, content);
  }

  async function isReady(): Promise<Said> {
    try {
      const { statusCode, body } = await send({ path: "/readyz" }, answerMs);
      await body.dump();
      if (statusCode === 403) return "refused";
      return statusCode < 500 ? "ready" : "not ready";
    } catch (error) {
      if (error instanceof NoAnswer || error instanceof AccessUnavailable) return "not ready";
      throw error;
    }
  }

  return {
    namespace: access.namespace,
    async ask(request) {
      const backOff = createBackOff(retries, Math.random);
      for (let attempt = 1; ; attempt++) {
        try {
          return await askOnce(request);
        } catch (error) {
          if (!isPassing(error) || attempt >= (request.attempts ?? 1)) throw error;
          const asked = error instanceof ApiFailure ? (error.retryAfterMs ?? 0) : 0;
          await pause(Math.max(asked, backOff.next(0)), undefined, { signal: request.signal });
        }
      }
    },
    async stream(request) {
      const response = await send(request, quietMs);
      if (response.statusCode !== 200) throw failureOf(response, await readBody(response, request.signal));
      return linesOf(response, request.signal);
    },
    ...openReadiness(isReady),
    close: connections.close,
  };
}

async function* linesOf(
  response: Dispatcher.ResponseData,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly unknown[]> {
  try {
    yield* jsonLines(response.body);
  } catch (error) {
    throw error instanceof NoAnswer ? error : asNoAnswer(error, signal);
  }
}

async function readBody({ body }: Dispatcher.ResponseData, signal: AbortSignal | undefined): Promise<string> {
  let read: Buffer | undefined;
  try {
    read = await readLimited(body, maxBodyBytes);
  } catch (error) {
    throw asNoAnswer(error, signal);
  }
  if (read) return read.toString("utf8");
  body.destroy();
  throw new NoAnswer("the API server's answer has more than 512 MiB");
}

function failureOf({ statusCode, headers }: Dispatcher.ResponseData, content: string): ApiFailure {
  const seconds = Number(headers["retry-after"]);
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  return new ApiFailure(statusCode, content.startsWith("{") ? parseJson(content) : undefined, retryAfterMs);
}

/** A bug stays what it is; an ended request is told by the signal's own reason. */
function asNoAnswer(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (!(error instanceof Error) || error instanceof TypeError) return error;
  return new NoAnswer(`the API server gives no answer (${errorCode(error) ?? error.name})`, { cause: error });
}

function queryText(query: ApiRequest["query"] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value));
  return given.size === 0 ? "" : `?${given}`;
}
