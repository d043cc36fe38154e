/**
 * What the leader does with the record of an order: makes it before the order is placed, notes where the order stands,
 * and shows an answer by writing it there and waiting until every replica that lives, or has signed in, gives it.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "#base/log.ts";
import type { ResourceRef } from "#base/origin.ts";
import type { CertificateCluster } from "../../../control/certificates.ts";
import { collectionPath, configMaps, objectPath } from "../../../control/kube/resource.ts";
import type { OrderDesk } from "../desk.ts";
import { NoAuthority } from "../problem.ts";
import { ackMs } from "../served.ts";
import type { AnswerSide } from "./answers.ts";
import { create, find, keep } from "./keeping.ts";
import { type Answers, digest, newRecord, readRecord, recordName, replicaName } from "./order-record.ts";

/** What records are kept with. */
export interface RecordTools {
  readonly cluster: CertificateCluster;
  readonly answers: AnswerSide;
  readonly log: Log;
  /** The Host that a name is of. */
  refOf(hostname: string): ResourceRef | undefined;
  readonly signal: AbortSignal;
}

/** Replicas sign in on a new record; whoever is so new that nobody knows that it lives has done so by then. */
const signInMs = 1000;
/** A replica that has died since gets no requests either. */
const othersMs = 5000;

/** Takes the record of a certificate up, or makes one. */
export async function beginOrder(certificate: string, tools: RecordTools): Promise<OrderDesk> {
  const { cluster, answers: side, signal } = tools;
  const { client, namespace, instance } = cluster;
  const name = recordName(instance, certificate);
  const path = objectPath(configMaps, { namespace, name });
  const body = newRecord(cluster, certificate);
  const doing = "the order cannot be noted";
  const made = await create(client, doing, { path: collectionPath(configMaps, namespace), body, signal });
  const found = made ? undefined : await find(client, "the order cannot be looked up", { path, signal });
  const begun = performance.now();
  let answers: Answers = {};
  const patch = (what: string, change: object) =>
    keep(client, what, { method: "PATCH", path, contentType: "application/merge-patch+json", body: change, signal });
  // Who has signed in for the process before may be gone like that process.
  const anew = { metadata: { annotations: null }, data: { answers: "{}", leader: replicaName(cluster.replica) } };
  if (!made) await patch(doing, anew);

  return {
    placed: found && readRecord(found).order,
    async keep(url) {
      await patch(doing, { data: { order: url } });
    },
    board: {
      async show(token, answer, hostname) {
        const ref = tools.refOf(hostname);
        if (!ref) throw new NoAuthority(`there is no Host for ${hostname} any more`);
        answers = { ...answers, [token]: { ref, hostname, answer } };
        await patch("the answer cannot be shared", { data: { answers: JSON.stringify(answers) } });
        await pause(Math.max(0, begun + signInMs - performance.now()), undefined, { signal });
        await untilAnswered(name, digest(answers), hostname, tools, side);
      },
      // The end of the record is the end of its answers.
      withdraw: async () => undefined,
    },
    async close() {
      // Another replica goes on with the order of one that ends.
      if (signal.aborted) return;
      await find(client, "the record of the order cannot be deleted", { method: "DELETE", path, signal });
    },
  };
}

/** Deletes records that nobody needs any more. */
export async function sweepRecords(isNeeded: (certificate: string) => boolean, tools: RecordTools): Promise<void> {
  const { cluster, answers, signal } = tools;
  for (const { name, certificate } of answers.records()) {
    if (isNeeded(certificate)) continue;
    const path = objectPath(configMaps, { namespace: cluster.namespace, name });
    await find(cluster.client, "the record of an order cannot be deleted", { method: "DELETE", path, signal });
  }
}

async function untilAnswered(
  name: string,
  wanted: string,
  hostname: string,
  { cluster, log, signal }: RecordTools,
  side: AnswerSide,
): Promise<void> {
  const own = replicaName(cluster.replica);
  const began = performance.now();
  for (;;) {
    const seen = side.record(name)?.seen ?? new Map<string, string>();
    const isOwn = side.answered(name) === wanted;
    const all = new Set([...seen.keys(), ...cluster.others().map(replicaName)]);
    const late = [...all].filter((replica) => replica !== own && seen.get(replica) !== wanted).length;
    if (isOwn && late === 0) return;
    const lasted = performance.now() - began;
    if (isOwn && lasted > othersMs) {
      log("warning", `${late} replicas do not answer the challenge for ${hostname} yet`);
      return;
    }
    if (lasted > ackMs) {
      throw new NoAuthority(`Envoy has not acknowledged the answer for ${hostname} in ${ackMs / 1000} s`);
    }
    await Promise.race([side.changed(), pause(500, undefined, { signal })]);
  }
}
