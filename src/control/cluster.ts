/**
 * The side of control that looks to a cluster: what is watched of it, and, while this replica leads, what is written
 * into it.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import type { Compiler, OwnServicePlace, Settings } from "#compiler";
import type { CertificateCluster, CertificateLeader } from "./certificates.ts";
import type { Access } from "./kube/access.ts";
import { type Client, openClient } from "./kube/client.ts";
import { takePart } from "./kube/election.ts";
import { instanceName } from "./kube/instance-name.ts";
import { configMapLock, leaseLock } from "./kube/leader-lock.ts";
import { openNamespaceUid } from "./kube/namespace-uid.ts";
import { createAcknowledged } from "./replicas/acknowledged.ts";
import type { ReplicaIdentity, ReplicaPlace } from "./replicas/place.ts";
import { openPublisher, type Publisher } from "./replicas/publish.ts";
import { isRefusal, refusalsIn } from "./replicas/refusals.ts";
import type { KubernetesOptions } from "./sources/kubernetes/kubernetes.ts";
import type { ClusterObject } from "./sources/kubernetes/object.ts";
import { createReadProgress, type ReadProgress } from "./sources/kubernetes/read-progress.ts";
import { type ClusterState, openClusterState } from "./state/in-cluster.ts";
import { openReporter, type Reporter } from "./status/reporter.ts";

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

/** What the parts of the side tell each other. */
interface SideState extends Pick<ClusterChoice, "updateMappings" | "identity" | "replica"> {
  readonly client: Client;
  /** The instance. */
  readonly place: ReplicaPlace;
  readonly own: OwnServicePlace;
  readonly state: ClusterState;
  readonly progress: ReadProgress;
  readonly log: Log;
  /** Refusals among the diagnostics of this replica. */
  refused: readonly Diagnostic[];
  /** Both are there once it reports. */
  reporter: Reporter | undefined;
  publisher: Publisher | undefined;
  reporting: Promise<unknown> | undefined;
}

/** Opens the side; nothing is asked yet. */
export function openCluster(choice: ClusterChoice, settings: Settings, log: Log, signal: AbortSignal): ClusterSide {
  const { access, updateMappings, identity, replica, ...selectors } = choice;
  const { namespace, ambassadorId, ownService, knative = false, scope = {} } = settings;
  const { singleNamespace = false, certsSingleNamespace = false } = scope;
  const client = openClient(access);
  const place = { namespace, instance: instanceName(ambassadorId) };
  const own = { namespace, ...(ownService === undefined ? {} : { ownService }) };
  const stop = new AbortController();
  const side: SideState = {
    ...{ updateMappings, identity, replica, client, place, own, log },
    state: openClusterState({ client, namespace, ambassadorId, log, signal }),
    progress: createReadProgress(() => side.publisher?.wake()),
    refused: [],
    reporter: undefined,
    publisher: undefined,
    reporting: undefined,
  };
  const changed = (keys: Iterable<string>): void => side.reporter?.changed(keys);
  return {
    watch: {
      ...{ ...selectors, ...own, knative, client, singleNamespace, certsSingleNamespace, log },
      onSeen: changed,
      progress: side.progress,
    },
    state: side.state,
    certificates: (objects) => ({
      ...{ client, ...place, objects },
      replica: replica.name,
      others: () => side.reporter?.others() ?? [],
      report: changed,
    }),
    report: (reported) => report(side, reported, stop.signal),
    namespaceUid: openNamespaceUid(client, singleNamespace ? namespace : "default", stop.signal),
    wake(all) {
      side.refused = all.filter(isRefusal);
      side.reporter?.wake();
      side.publisher?.wake();
    },
    async close() {
      stop.abort();
      await side.reporting;
      await client.close();
    },
  };
}

/** Publishes what this replica has acknowledged, and writes for all of them while it leads. */
function report(side: SideState, reported: Reported, signal: AbortSignal): Promise<void> {
  const { client, place, own, replica, updateMappings, progress, log } = side;
  const acknowledged = createAcknowledged({
    progress,
    settled: () => reported.served().then(reported.judged),
    refusals: () => refusalsIn(side.refused, reported.objects()),
  });
  const shared = { client, place, acknowledged, log };
  const publisher = openPublisher({ ...shared, replica });
  const reporter = openReporter({ ...reported, ...shared, own, replica: replica.name, updateMappings });
  side.publisher = publisher;
  side.reporter = reporter;
  const failed = Promise.withResolvers<never>();
  const leading: Promise<unknown>[] = [];
  const lead = (leadSignal: AbortSignal): void => {
    log("info", "this replica writes statuses and events");
    reporter.wake();
    const parts = [reporter.lead(leadSignal), side.state.lead(leadSignal), reported.certificates?.lead(leadSignal)];
    const led = Promise.all(parts);
    led.catch(failed.reject);
    leading.push(led);
  };
  const election = elect(side, lead, signal).then(() => Promise.all(leading));
  side.reporting = Promise.all([election, publisher.run(signal)]);
  return Promise.race([side.reporting, failed.promise]).then(() => undefined);
}

/** Takes part in the choice of who leads, until the signal. */
function elect(
  { client, place, identity, log }: SideState,
  onLeading: (signal: AbortSignal) => void,
  signal: AbortSignal,
) {
  const at = { namespace: place.namespace, name: `dragoman-${place.instance}` };
  return takePart({
    locks: [leaseLock(client, at), configMapLock(client, at)],
    identity,
    onLeading,
    onForbidden: (message) => log("warning", `statuses and events are not written: ${message}`),
    signal,
  });
}
