/**
 * The side of control that looks to a cluster: what is watched of it, and, while this replica leads, what is written
 * into it.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import type { Compiler, Settings } from "#compiler";
import type { CertificateCluster, CertificateLeader } from "./certificates.ts";
import { instanceName } from "./instance-name.ts";
import type { Access } from "./kube/access.ts";
import { openClient } from "./kube/client.ts";
import { takePart } from "./kube/election.ts";
import { configMapLock, leaseLock } from "./kube/leader-lock.ts";
import type { KubernetesOptions } from "./sources/kubernetes.ts";
import type { ClusterObject } from "./sources/kubernetes-object.ts";
import { type ClusterState, openClusterState } from "./state-in-cluster.ts";
import { openReporter } from "./status/reporter.ts";

/** A cluster, and what of it is looked at beyond what the settings' scope says. */
export interface ClusterChoice {
  readonly access: Access;
  /** As the API server wants them. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** AMBASSADOR_UPDATE_MAPPING_STATUS: write in the status of Mappings that all is well, too. */
  readonly updateMappings: boolean;
  /** Who this replica is among all. */
  readonly identity: string;
}

/** What reports are about. */
export interface Reported {
  readonly compiler: Compiler;
  objects(): ReadonlyMap<string, ClusterObject>;
  diagnostics(): readonly Diagnostic[];
  /** Resolves when Envoy has acknowledged everything so far. */
  served(): Promise<void>;
  /** Who obtains certificates while this replica leads, if anybody does. */
  readonly certificates?: CertificateLeader | undefined;
}

/** The cluster. */
export interface ClusterSide {
  readonly watch: KubernetesOptions;
  /** What must outlive this process. */
  readonly state: ClusterState;
  /** The cluster for whoever obtains certificates. */
  certificates(objects: CertificateCluster["objects"]): CertificateCluster;
  /** Takes part in the choice of who reports; rejects only because of a bug. */
  report(reported: Reported): Promise<void>;
  /** There may be something to report. */
  wake(): void;
  close(): Promise<void>;
}

/** Opens the side; nothing is asked yet. */
export function openCluster(choice: ClusterChoice, settings: Settings, log: Log, signal: AbortSignal): ClusterSide {
  const { access, updateMappings, identity, ...selectors } = choice;
  const { namespace, ambassadorId, knative = false, scope = {} } = settings;
  const { singleNamespace = false, certsSingleNamespace = false } = scope;
  const client = openClient(access);
  const state = openClusterState({ client, namespace, ambassadorId, log, signal });
  const instance = instanceName(ambassadorId);
  const stop = new AbortController();
  let reporting: Promise<void> | undefined;
  let wake = (): void => undefined;
  return {
    watch: {
      ...selectors,
      knative,
      client,
      namespace,
      singleNamespace,
      certsSingleNamespace,
      onSeen: () => wake(),
      log,
    },
    state,
    certificates: (objects) => ({ client, namespace, instance, identity, objects, report: () => wake() }),
    report(reported) {
      const reporter = openReporter({ ...reported, client, namespace, updateMappings, log });
      const leading: Promise<unknown>[] = [];
      const failed = Promise.withResolvers<never>();
      wake = reporter.wake;
      const at = { namespace, name: `dragoman-${instance}` };
      const election = takePart({
        locks: [leaseLock(client, at), configMapLock(client, at)],
        identity,
        onLeading(signal) {
          log("info", "this replica writes statuses and events");
          reporter.wake();
          const led = Promise.all([reporter.lead(signal), state.lead(signal), reported.certificates?.lead(signal)]);
          led.catch(failed.reject);
          leading.push(led);
        },
        onForbidden: (message) => log("warning", `statuses and events are not written: ${message}`),
        signal: stop.signal,
      });
      reporting = election.then(() => Promise.all(leading)).then(() => undefined);
      return Promise.race([reporting, failed.promise]);
    },
    wake: () => wake(),
    async close() {
      stop.abort();
      await reporting;
      await client.close();
    },
  };
}
