/**
 * The conversion webhook: makes an API server show every custom resource in whatever version it is asked for, with the
 * fields of that version. It makes its own certificates and says itself in the definitions where it is.
 *
 *   ConversionReview ─► review ─► convert-object ─► compiler/api        definitions, Secret ─► trust ─► certificate
 */
import { setTimeout as pause } from "node:timers/promises";
import { createBackOff } from "#base/back-off.ts";
import type { Log } from "#base/log.ts";
import type { Access } from "../../control/kube/access.ts";
import { type Client, openClient } from "../../control/kube/client.ts";
import { isOutside } from "../../control/kube/outside.ts";
import { pauseUnlessAborted, pauseUntil } from "../../control/kube/pause.ts";
import { reflect } from "../../control/kube/reflector.ts";
import { defaultLifetimes } from "./authorities.ts";
import { type Definition, definitions, readDefinition } from "./definitions.ts";
import { serveHealth } from "./health.ts";
import { type ReviewServer, serveReviews } from "./server.ts";
import { openTrust, type TrustTimes } from "./trust.ts";

/** Where a webhook is, and for which cluster. */
export interface WebhookOptions {
  readonly access: Access;
  /** Its own namespace; there are the Service and the Secret. */
  readonly namespace: string;
  /** The name of the Service that leads to it, by port 443. */
  readonly service: string;
  readonly secret: string;
  /** What is listened on; all addresses when absent. */
  readonly address?: string | undefined;
  readonly port: number;
  readonly healthPort: number;
  /** How long it goes on to answer after the signal, in ms: who asks may not have heard that it ends. */
  readonly lingerMs?: number | undefined;
  readonly times?: Partial<WebhookTimes>;
  readonly log: Log;
  /** All definitions name it, for the first time. */
  readonly onReady: (ports: { readonly port: number; readonly healthPort: number }) => void;
  readonly signal: AbortSignal;
}

/** In ms. */
export interface WebhookTimes extends TrustTimes {
  /** How often it is looked whether all is as it should be, when nothing is told. */
  readonly lookMs: number;
}

const defaultTimes: WebhookTimes = { ...defaultLifetimes, settleMs: 10_000, lookMs: 30_000 };

/** Runs until the signal, through every outage of the API server; rejects when a port cannot be had. */
export async function runWebhook(options: WebhookOptions): Promise<void> {
  const { address, log, onReady } = options;
  const client = openClient(options.access);
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  let isTrusted = false;
  let wasReady = false;
  const health = await serveHealth({
    address,
    port: options.healthPort,
    unready() {
      if (signal.aborted) return "it is ending";
      // A replica that some definitions do not name serves the others.
      return isTrusted ? undefined : "no definition names this webhook yet";
    },
  });
  let server: ReviewServer | undefined;
  const look = openTrust({
    client,
    place: { namespace: options.namespace, service: options.service },
    secret: options.secret,
    times: { ...defaultTimes, ...options.times },
    log,
    async show(identity) {
      if (server) server.show(identity);
      else server = await serveReviews({ address, port: options.port, identity, log });
    },
    tell(trusted) {
      isTrusted = trusted.by > 0;
      if (wasReady || trusted.by === 0 || trusted.by < trusted.of) return;
      wasReady = true;
      onReady({ port: server?.port ?? 0, healthPort: health.port });
    },
    signal,
  });
  try {
    await keepLooking({ client, look, lookMs: options.times?.lookMs ?? defaultTimes.lookMs, log, signal });
  } finally {
    if (options.signal.aborted) await pause(options.lingerMs ?? 0);
    stopped.abort();
    await server?.close();
    await health.close();
    await client.close();
  }
}

interface Looking {
  readonly client: Client;
  readonly look: (all: Iterable<Definition>) => Promise<void>;
  readonly lookMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const trouble = { shortestMs: 500, longestMs: 30_000, healthyMs: Number.POSITIVE_INFINITY };
/** Definitions come and change together. */
const quietMs = 50;

/** Looks whenever a definition changed, and every now and then. */
async function keepLooking({ client, look, lookMs, log, signal }: Looking): Promise<void> {
  const known = new Map<string, Definition>();
  let changed = Promise.withResolvers<void>();
  const watching = reflect({
    client,
    resources: [definitions],
    keep: readDefinition,
    onChanges(changes) {
      for (const { key, after } of changes) {
        if (after) known.set(key, after);
        else known.delete(key);
      }
      changed.resolve();
    },
    onState(state) {
      if (state.kind === "forbidden") log("error", "definitions may not be watched", { error: state.message });
    },
    signal,
  });
  let backOff = createBackOff(trouble, Math.random);

  /** Ms until the next look. */
  async function lookOnce(): Promise<number> {
    try {
      await look(known.values());
      backOff = createBackOff(trouble, Math.random);
      return lookMs;
    } catch (error) {
      if (signal.aborted) return 0;
      if (!isOutside(error)) throw error;
      log("warning", "the API server does not help to keep trust; it is asked again", { error: error.message });
      return backOff.next(0);
    }
  }

  async function looking(): Promise<void> {
    while (!signal.aborted) {
      changed = Promise.withResolvers();
      const delay = await lookOnce();
      if (delay === lookMs) await pauseUntil(changed.promise, delay, signal);
      else await pauseUnlessAborted(delay, signal);
      await pauseUnlessAborted(quietMs, signal);
    }
  }

  // The first that fails ends both: the caller's signal follows.
  await Promise.all([watching, looking()]);
}
