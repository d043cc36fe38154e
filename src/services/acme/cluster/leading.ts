/**
 * What the replica that leads does for certificates: looks which Hosts want one, has each looked after, and takes away
 * what nobody needs any more.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { CertificateCluster, CertificateDoor } from "../../../control/certificates.ts";
import { unlessAborted } from "../../../control/kube/pause.ts";
import type { Desk } from "../desk.ts";
import type { HostStatus } from "../host-status.ts";
import type { AcmeChoice } from "../tender.ts";
import type { Tending } from "../tending.ts";
import { createTurns } from "../turns.ts";
import type { AnswerSide } from "./answers.ts";
import { openClusterDesk } from "./desk.ts";
import { bundlesIn, type HostChoice } from "./hosts.ts";
import { sweepRecords } from "./order-desk.ts";

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
export interface Started {
  readonly door: CertificateDoor;
  readonly cluster: CertificateCluster;
  readonly answers: AnswerSide;
}

/** Few, because the process that asks also serves edits, often with as few processors as the API server. */
const requestsAtOnce = 3;
const [shortestRestMs, longestRestMs] = [100, 1000];

/** What leading is done with. */
interface Leading extends Started {
  readonly options: ClusterCertificatesOptions;
  /** Statuses as they should be, by `refKey` of the Host. */
  readonly statuses: Map<string, HostStatus>;
  readonly desk: Desk;
  readonly signal: AbortSignal;
  /** There as soon as a certificate is wanted. */
  tending: Tending | undefined;
}

/** Leads until the signal; `onWake` is given what has Hosts looked through again. */
export async function lead(
  options: ClusterCertificatesOptions,
  { door, answers, ...given }: Started,
  statuses: Map<string, HostStatus>,
  onWake: (wake: () => void) => void,
  signal: AbortSignal,
): Promise<void> {
  const cluster = { ...given.cluster, client: bounded(given.cluster.client, signal) };
  const desk = openClusterDesk({ ...options, cluster, answers, statuses, signal });
  const leading: Leading = { options, door, answers, cluster, statuses, desk, signal, tending: undefined };
  const lookOrSay = (): Promise<number> =>
    look(leading).catch((error: unknown) => {
      if (!signal.aborted) options.log("error", "Hosts cannot be looked through, because of a bug", errorFields(error));
      return longestRestMs;
    });
  await whenWoken(lookOrSay, onWake, signal);
  await leading.tending?.close();
  statuses.clear();
}

/** Gives how long it should rest, so that many Hosts do not take the process from everything else. */
async function look(leading: Leading): Promise<number> {
  const { options, door, answers, cluster, statuses, desk, signal } = leading;
  const { choice, log } = options;
  const began = performance.now();
  const tended = bundlesIn(door.compiler, cluster.objects(), options);
  const rest = 10 * (performance.now() - began);
  if (tended.size > 0) leading.tending ??= (await import("../client.ts")).openTenders(desk, choice, log, signal);
  if (signal.aborted) return rest;
  leading.tending?.set(tended);
  for (const key of statuses.keys()) if (!cluster.objects().has(key)) statuses.delete(key);
  const tools = { cluster, answers, log, signal, refOf: () => undefined };
  await sweepRecords((certificate) => tended.has(certificate), tools).catch((error: unknown) => {
    if (!signal.aborted) log("debug", "records of orders cannot be deleted", errorFields(error));
  });
  return rest;
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
