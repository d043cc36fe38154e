/**
 * Fetches the data of single Secrets, a few at a time, and again until it is there or no longer needed. For a while
 * everything waits for them, so that nothing is served without a certificate that is on its way.
 */
import { createBackOff } from "#base/back-off.ts";
import { type Fields, fieldsOf, list } from "#base/fields.ts";
import type { Log } from "#base/log.ts";
import { formatRef, type ResourceRef } from "#base/origin.ts";
import type { Client } from "../../kube/client.ts";
import { ApiFailure, isPassing } from "../../kube/failure.ts";
import { isOutside } from "../../kube/outside.ts";
import { pauseUnlessAborted } from "../../kube/pause.ts";
import { collectionPath, objectPath, secrets } from "../../kube/resource.ts";
import { type ClusterObject, keepObject } from "./object.ts";

/** Whom to ask, and what for. */
export interface SecretFetchOptions {
  readonly client: Pick<Client, "ask">;
  readonly isNeeded: (key: string) => boolean;
  readonly onFetched: (key: string, object: ClusterObject) => void;
  /** Fetching has ended because of a bug. */
  readonly onBug: (error: unknown) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How long everything waits for one. */
  readonly patienceMs?: number;
}

/** What is being fetched. */
export interface SecretFetches {
  /** Begins, unless it has begun. */
  start(key: string, ref: ResourceRef): void;
  /** While something is waited for: resolves when some of it is there, or is waited for no longer. */
  awaited(): Promise<void> | undefined;
}

const mostAtOnce = 8;
const retries = { shortestMs: 200, longestMs: 30_000, healthyMs: Number.POSITIVE_INFINITY };

/** Starts with none. */
export function createSecretFetches(options: SecretFetchOptions): SecretFetches {
  const { signal, log, isNeeded, patienceMs = 10_000 } = options;
  const running = new Set<string>();
  const awaited = new Set<string>();
  const inTurn = createTurns(mostAtOnce);
  const fetchOne = fetcher(options.client, signal);
  let news = Promise.withResolvers<void>();

  function waitNoLonger(key: string): void {
    if (!awaited.delete(key)) return;
    news.resolve();
    news = Promise.withResolvers();
  }

  /** Tells once that others go on without it. */
  function giveUp(key: string, ref: ResourceRef, why: string): void {
    if (!awaited.has(key)) return;
    const text = `${formatRef(ref)} cannot be fetched, and TLS is not served with it until it can: ${why}`;
    log("warning", text);
    waitNoLonger(key);
  }

  async function attempt(key: string, ref: ResourceRef): Promise<"done" | { readonly retryAfterMs: number }> {
    const late = setTimeout(() => giveUp(key, ref, "the API server has not answered yet"), patienceMs);
    try {
      const object = await fetchOne(ref);
      if (!object) giveUp(key, ref, "the API server does not have it");
      else if (isNeeded(key)) options.onFetched(key, object);
      return object ? "done" : { retryAfterMs: 0 };
    } catch (error) {
      if (signal.aborted) return "done";
      if (!isOutside(error)) throw error;
      if (!isPassing(error)) giveUp(key, ref, error.message);
      return { retryAfterMs: error instanceof ApiFailure ? (error.retryAfterMs ?? 0) : 0 };
    } finally {
      clearTimeout(late);
    }
  }

  async function keepFetching(key: string, ref: ResourceRef): Promise<void> {
    const backOff = createBackOff(retries, Math.random);
    const begun = performance.now();
    while (!signal.aborted && isNeeded(key)) {
      const outcome = await inTurn(() => attempt(key, ref));
      if (outcome === "done") return;
      if (performance.now() - begun > patienceMs) giveUp(key, ref, "the API server does not answer");
      await pauseUnlessAborted(Math.max(outcome.retryAfterMs, backOff.next(0)), signal);
    }
  }

  return {
    start(key, ref) {
      if (running.has(key)) return;
      running.add(key);
      awaited.add(key);
      const end = (): void => {
        running.delete(key);
        waitNoLonger(key);
      };
      keepFetching(key, ref).finally(end).catch(options.onBug);
    },
    awaited: () => (awaited.size === 0 ? undefined : news.promise),
  };
}

/** Whoever may only list Secrets lists the one. */
function fetcher(client: Pick<Client, "ask">, signal: AbortSignal) {
  let mayGet = true;

  async function get(ref: ResourceRef): Promise<Fields | undefined> {
    try {
      return fieldsOf(await client.ask({ path: objectPath(secrets, ref), signal }));
    } catch (error) {
      if (!(error instanceof ApiFailure && (error.status === 403 || error.status === 404))) throw error;
      if (error.status === 404) return undefined;
      mayGet = false;
      return find(ref);
    }
  }

  async function find({ namespace, name }: ResourceRef): Promise<Fields | undefined> {
    const query = { fieldSelector: `metadata.name=${name}` };
    const found = fieldsOf(await client.ask({ path: collectionPath(secrets, namespace), query, signal }));
    return list(found, "items").map(fieldsOf)[0];
  }

  return async (ref: ResourceRef): Promise<ClusterObject | undefined> => {
    const object = await (mayGet ? get(ref) : find(ref));
    return object && keepObject(object, secrets);
  };
}

/** Lets so many work at once, in the order of coming. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
