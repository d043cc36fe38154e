/**
 * Obtains certificates in a cluster: every replica answers challenges, and the one that leads looks after one
 * certificate for each Secret that Hosts name, whatever process began with it.
 */
import { refKey } from "#base/origin.ts";
import type { CertificateDoor, Certificates } from "../../../control/certificates.ts";
import { unlessAborted } from "../../../control/kube/pause.ts";
import type { HostStatus } from "../host-status.ts";
import { type AnswerSide, openAnswers } from "./answers.ts";
import { type ClusterCertificatesOptions, lead, type Started } from "./leading.ts";
import { statusOf } from "./status.ts";

export type { ClusterCertificatesOptions } from "./leading.ts";

/** Opens it; nothing is asked before the start. */
export function openClusterCertificates(options: ClusterCertificatesOptions): Certificates {
  const { log, orders } = options;
  const started = Promise.withResolvers<Started>();
  const statuses = new Map<string, HostStatus>();
  let answers: AnswerSide | undefined;
  let door: CertificateDoor | undefined;
  let wake = (): void => undefined;
  return {
    edits: [],
    start(given) {
      door = given;
      if (!given.cluster) return;
      given.cluster.report(given.compiler.declared.objects.all("Host").keys());
      answers = openAnswers(given, given.cluster, log);
      started.resolve({ door: given, cluster: given.cluster, answers });
    },
    wake: () => wake(),
    leader: {
      async lead(signal) {
        const side = await unlessAborted(started.promise, signal);
        if (!side || !orders) return;
        const onWake = (given: () => void): void => {
          wake = given;
        };
        await lead(options, side, statuses, onWake, signal);
      },
      status: (host) => door && statusOf(host, door.compiler, statuses.get(refKey(host.raw.ref)), options),
    },
    async close() {
      await answers?.close();
    },
  };
}
