/**
 * Obtains certificates in a cluster: every replica answers challenges, and the one that leads looks after one
 * certificate for each Secret that Hosts name, whatever process began with it.
 */
import { errorFields, type Log } from "#base/log.ts";
import { refKey } from "#base/origin.ts";
import type { CertificateCluster, CertificateDoor, Certificates } from "../../../control/certificates.ts";
import type { HostStatus } from "../host-status.ts";
import type { AcmeChoice } from "../tender.ts";
import type { Tended, Tending } from "../tending.ts";
import { createTurns } from "../turns.ts";
import { type AnswerSide, openAnswers } from "./answers.ts";
import { openClusterDesk } from "./desk.ts";
import { bundlesIn, type HostChoice } from "./hosts.ts";
import { sweepRecords } from "./order-desk.ts";
import { statusOf } from "./status.ts";

/** What is decided about certificates. */
export interface ClusterCertificatesOptions extends HostChoice {
  /** Whether this process may order; it reports in any case. */
  readonly orders: boolean;
  /** Who Events are told by. */
  readonly component: string;
  readonly choice: AcmeChoice;
  readonly log: Log;
}

/** A replica that has come to serve. */
interface Started {
  readonly door: CertificateDoor;
  readonly cluster: CertificateCluster;
  readonly answers: AnswerSide;
}

/** Few, because the process that asks also serves edits, often with as few processors as the API server. */
const requestsAtOnce = 3;
const [shortestRestMs, longestRestMs] = [100, 1000];

/** Opens it; nothing is asked before the start. */
export function openClusterCertificates(options: ClusterCertificatesOptions): Certificates {
  const { log, orders } = options;
  const started = Promise.withResolvers<Started>();
  const statuses = new Map<string, HostStatus>();
  let answers: AnswerSide | undefined;
  let door: CertificateDoor | undefined;
  let wake = (): void => undefined;

  async function lead(signal: AbortSignal): Promise<void> {
    const side = await unlessAborted(started.promise, signal);
    if (!side || !orders) return;
    await leadUntil(side, signal);
    statuses.clear();
  }

  async function leadUntil(
    { door: { compiler }, answers: side, ...given }: Started,
    signal: AbortSignal,
  ): Promise<void> {
    const cluster = { ...given.cluster, client: bounded(given.cluster.client, signal) };
    const desk = openClusterDesk({ ...options, cluster, answers: side, statuses, signal });
    let tending: Tending | undefined;

    /** Gives how long it should rest, so that many Hosts do not take the process from everything else. */
    async function look(): Promise<number> {
      const began = performance.now();
      const tended: ReadonlyMap<string, Tended> = bundlesIn(compiler, cluster.objects(), options);
      const rest = 10 * (performance.now() - began);
      if (tended.size > 0) tending ??= (await import("../client.ts")).openTenders(desk, options.choice, log, signal);
      if (signal.aborted) return rest;
      tending?.set(tended);
      for (const key of statuses.keys()) if (!cluster.objects().has(key)) statuses.delete(key);
      const tools = { cluster, answers: side, log, signal, refOf: () => undefined };
      await sweepRecords((certificate) => tended.has(certificate), tools).catch((error: unknown) => {
        if (!signal.aborted) log("debug", "records of orders cannot be deleted", errorFields(error));
      });
      return rest;
    }

    const lookOrSay = (): Promise<number> =>
      look().catch((error: unknown) => {
        if (!signal.aborted) log("error", "Hosts cannot be looked through, because of a bug", errorFields(error));
        return longestRestMs;
      });
    await whenWoken(lookOrSay, (given) => (wake = given), signal);
    await tending?.close();
  }

  return {
    edits: [],
    start(given) {
      door = given;
      if (!given.cluster) return;
      answers = openAnswers(given, given.cluster, log);
      started.resolve({ door: given, cluster: given.cluster, answers });
    },
    wake: () => wake(),
    leader: {
      lead,
      status: (host) => door && statusOf(host, door.compiler, statuses.get(refKey(host.raw.ref)), options),
    },
    async close() {
      await answers?.close();
    },
  };
}

/** However many Hosts there are, the lead is renewed and statuses are written meanwhile. */
function bounded(client: CertificateCluster["client"], signal: AbortSignal): CertificateCluster["client"] {
  const turns = createTurns(requestsAtOnce, signal);
  return { ...client, ask: (request) => turns(() => client.ask(request)) };
}

/** Looks at once and then when woken, until the signal; a look says how long to rest. */
async function whenWoken(
  look: () => Promise<number>,
  onWake: (wake: () => void) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const woken = Promise.withResolvers<void>();
    onWake(woken.resolve);
    const rest = Math.min(longestRestMs, Math.max(shortestRestMs, await look()));
    await unlessAborted(woken.promise, signal);
    await unlessAborted(new Promise((resolve) => setTimeout(resolve, rest).unref()), signal);
  }
  onWake(() => undefined);
}

/** What comes of it, or undefined when the signal comes first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const end = (): void => aborted.resolve(undefined);
  if (signal.aborted) return undefined;
  signal.addEventListener("abort", end, { once: true });
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener("abort", end));
}
