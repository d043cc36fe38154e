/**
 * The side of control that looks to a cluster: what is watched of it, and, while this replica leads, what is written
 * into it.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import type { Compiler, Settings } from "#compiler";
import type { CertificateCluster, CertificateLeader } from "./certificates.ts";
import type { Access } from "./kube/access.ts";
import { openClient } from "./kube/client.ts";
import { takePart } from "./kube/election.ts";
import { instanceName } from "./kube/instance-name.ts";
import { configMapLock, leaseLock } from "./kube/leader-lock.ts";
import { openNamespaceUid } from "./kube/namespace-uid.ts";
import { createAcknowledged } from "./replicas/acknowledged.ts";
import type { ReplicaIdentity } from "./replicas/place.ts";
import { openPublisher } from "./replicas/publish.ts";
import { isRefusal, refusalsIn } from "./replicas/refusals.ts";
import type { KubernetesOptions } from "./sources/kubernetes.ts";
import type { ClusterObject } from "./sources/kubernetes-object.ts";
import { createReadProgress } from "./sources/read-progress.ts";
import { type ClusterState, openClusterState } from "./state/in-cluster.ts";
import { openReporter } from "./status/reporter.ts";

/** A cluster, and what of it is looked at beyond what the settings' scope says. */
export interface ClusterChoice {
  readonly access: Access;
  /** As the API server wants them. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** AMBASSADOR_UPDATE_MAPPING_STATUS: write in the status of Mappings that all is well, too. */
  readonly updateMappings: boolean;
  /** Who leads when this process does: no other one that runs at the same time. */
  readonly identity: string;
  /** Which replica it is, through all its processes. */
  readonly replica: ReplicaIdentity;
}

/** What reports are about. */
export interface Reported {
  readonly compiler: Compiler;
  objects(): ReadonlyMap<string, ClusterObject>;
  diagnostics(): readonly Diagnostic[];
  /** Resolves when Envoy has acknowledged everything so far. */
  served(): Promise<void>;
  /** Resolves when it is known what is to blame for everything that Envoy has refused. */
  judged(): Promise<void>;
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
  /** The uid of the namespace that the cluster's id is made of, as soon as it is known. */
  namespaceUid(): string | undefined;
  /** There may be something to report; given are all diagnostics, some of which are new. */
  wake(all: readonly Diagnostic[]): void;
  close(): Promise<void>;
}

/** Opens the side; nothing is asked yet. */
export function openCluster(choice: ClusterChoice, settings: Settings, log: Log, signal: AbortSignal): ClusterSide {
  const { access, updateMappings, identity, replica, ...selectors } = choice;
  const { namespace, ambassadorId, ownService, knative = false, scope = {} } = settings;
  const own = { namespace, ...(ownService === undefined ? {} : { ownService }) };
  const { singleNamespace = false, certsSingleNamespace = false } = scope;
  const client = openClient(access);
  const state = openClusterState({ client, namespace, ambassadorId, log, signal });
  const instance = instanceName(ambassadorId);
  const stop = new AbortController();
  let reporting: Promise<unknown> | undefined;
  let wake = (): void => undefined;
  let publish = (): void => undefined;
  let refused: readonly Diagnostic[] = [];
  let others = (): readonly string[] => [];
  const progress = createReadProgress(() => publish());
  return {
    watch: {
      ...selectors,
      knative,
      client,
      ...own,
      singleNamespace,
      certsSingleNamespace,
      onSeen: () => wake(),
      progress,
      log,
    },
    state,
    certificates: (objects) => ({
      ...{ client, namespace, instance, objects },
      replica: replica.name,
      others: () => others(),
      report: () => wake(),
    }),
    report(reported) {
      const place = { namespace, instance };
      const acknowledged = createAcknowledged({
        progress,
        settled: () => reported.served().then(reported.judged),
        refusals: () => refusalsIn(refused, reported.objects()),
      });
      const shared = { client, place, acknowledged, log };
      const publisher = openPublisher({ ...shared, replica });
      const reporter = openReporter({ ...reported, ...shared, own, replica: replica.name, updateMappings });
      const leading: Promise<unknown>[] = [];
      const failed = Promise.withResolvers<never>();
      wake = reporter.wake;
      others = reporter.others;
      publish = publisher.wake;
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
      reporting = Promise.all([election.then(() => Promise.all(leading)), publisher.run(stop.signal)]);
      return Promise.race([reporting, failed.promise]).then(() => undefined);
    },
    namespaceUid: openNamespaceUid(client, singleNamespace ? namespace : "default", stop.signal),
    wake(all) {
      refused = all.filter(isRefusal);
      wake();
      publish();
    },
    async close() {
      stop.abort();
      await reporting;
      await client.close();
    },
  };
}
