/**
 * OBSERVE of Consul: one query for each service that the compiler wants to know about, for as long as it does.
 */
import { Agent } from "undici";
import type { ConsulAnswer, ConsulService } from "#compiler";
import { keepAsking } from "./query.ts";
import { maxAnswer } from "./request.ts";

/** Who asks. */
export interface ConsulIdentity {
  /** CONSUL_HTTP_TOKEN. */
  readonly token?: string;
  /** Certificates, in PEM, of authorities that are trusted in place of the usual ones. */
  readonly authorities?: string;
}

/** All queries. */
export interface ConsulWatch {
  /** Asks for these services, and no longer for others. */
  want(services: Iterable<readonly [key: string, service: ConsulService]>): void;
  /** Resolves when each of them has been answered once, or Consul has failed to. */
  asked(): Promise<void>;
  close(): Promise<void>;
}

/** Takes what Consul says of a service; an absent answer: it is not asked for any more. */
export type OnAnswer = (key: string, answer: ConsulAnswer | undefined) => void;

interface Query {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  readonly first: PromiseWithResolvers<void>;
}

/** An agent refuses more than 200 connections from one address, so some are left to others. */
const connections = 150;
const longestWait = 60;

/** Opens the watch, which wants nothing yet. `remembered` was given to the compiler before. */
export function watchConsul(
  onAnswer: OnAnswer,
  { token, authorities }: ConsulIdentity = {},
  remembered: ReadonlyMap<string, ConsulAnswer> = new Map(),
): ConsulWatch {
  const old = new Map(remembered);
  const queries = new Map<string, Query>();
  let closed = false;
  const perAgent = new Map<string, number>();
  const dispatcher = new Agent({
    connections,
    allowH2: false,
    maxResponseSize: maxAnswer,
    connect: { timeout: 10_000, ...(authorities === undefined ? {} : { ca: authorities }) },
  });
  const access = { dispatcher, ...(token === undefined ? {} : { token }) };

  /** Where there are more services than connections, each lets the others have their turn. */
  function waitSeconds(agent: string): number {
    const share = connections / Math.max(connections, perAgent.get(agent) ?? 0);
    return Math.max(1, Math.floor(longestWait * share));
  }

  function open(key: string, service: ConsulService): void {
    const abort = new AbortController();
    const first = Promise.withResolvers<void>();
    const done = keepAsking({
      service,
      access,
      known: old.get(key),
      signal: abort.signal,
      waitSeconds: () => waitSeconds(service.agent),
      publish(answer) {
        onAnswer(key, answer);
        first.resolve();
      },
    });
    if (old.delete(key)) first.resolve();
    queries.set(key, { abort, done, first });
  }

  function forget(key: string): void {
    old.delete(key);
    onAnswer(key, undefined);
  }

  function end(key: string, { abort, first }: Query): void {
    abort.abort();
    first.resolve();
    queries.delete(key);
    onAnswer(key, undefined);
  }

  return {
    want(services) {
      if (closed) return;
      const wanted = new Map(services);
      perAgent.clear();
      for (const { agent } of wanted.values()) perAgent.set(agent, (perAgent.get(agent) ?? 0) + 1);
      for (const [key, query] of queries) if (!wanted.has(key)) end(key, query);
      for (const [key, service] of wanted) if (!queries.has(key)) open(key, service);
      // What is left of an earlier process is of services that nobody wants any more.
      for (const key of [...old.keys()]) forget(key);
    },
    async asked() {
      await Promise.all([...queries.values()].map(({ first }) => first.promise));
    },
    async close() {
      closed = true;
      for (const { abort } of queries.values()) abort.abort();
      await Promise.all([...queries.values()].map(({ done }) => done));
      await dispatcher.destroy();
    },
  };
}
