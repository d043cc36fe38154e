/**
 * SERVE: delta ADS over gRPC, on a unix socket for the Envoy of this instance and, where asked for, on a port for Envoys
 * elsewhere.
 * Streams are accepted at once and answered from the first complete configuration on, so that an Envoy that is warm
 * is never told that its configuration is gone.
 */
import { chmod, rm } from "node:fs/promises";
import * as grpc from "@grpc/grpc-js";
import type { Log } from "#base/log.ts";
import type { ResourceChange, ResourceType, RuntimeFlags } from "#compiler";
import { createConvergence } from "./convergence.ts";
import { flagLayer } from "./flags.ts";
import { type ConnectedEnvoy, describe, type Follower, isLate, judges, noteProgress } from "./followers.ts";
import { defaultOrderOptions, type OrderOptions, type SentEarly } from "./order.ts";
import { createRefusals, type Refused } from "./refusal.ts";
import { checkNode, type OpenDoor, openRemoteDoor, type RemoteDoor, type RemotePeer } from "./remote.ts";
import { bind, type DeltaCall, deltaServer } from "./service.ts";
import { createSnapshot, type SnapshotView } from "./snapshot.ts";
import { serveStream } from "./stream.ts";

/** How to serve, and whom to tell. */
export interface XdsServerOptions {
  /** In a directory that only its owner may enter. */
  readonly socketPath: string;
  /** Where Envoys elsewhere connect; nowhere when absent. */
  readonly remote?: (RemoteDoor & { readonly log: Log }) | undefined;
  /** Whether there is an Envoy of this instance: then it alone is waited for, and judges. True when absent. */
  readonly hasOwnEnvoy?: boolean;
  readonly order?: Partial<OrderOptions>;
  onRefusal?(refused: Refused): void;
  /** An Envoy elsewhere refused what others take. */
  onOddRefusal?(refused: Refused): void;
  /** A route table or listener went out before clusters that it names were warm. */
  onEarly?(early: SentEarly): void;
  /** This instance's Envoy has connected, a new one or one that was here before. */
  onConnected?(): void;
  /** Every Envoy that is waited for has acknowledged everything up to a change. */
  onConverged?(number: number): void;
  /** A stream broke for a reason other than Envoy's leaving. */
  onStreamError?(error: Error, peer: RemotePeer | undefined): void;
}

/** What has been served so far. */
export interface XdsStatistics {
  readonly streams: number;
  /** Those of Envoys elsewhere. */
  readonly remote: number;
  /** Envoys that have got no further for ten seconds although there is more. */
  readonly late: number;
  readonly responses: Readonly<Record<ResourceType, number>>;
  readonly bytes: number;
  readonly refusals: number;
  readonly early: number;
}

/** A running server. */
export interface XdsServer {
  readonly snapshot: SnapshotView;
  /** Takes changes over, sends them, and returns the number to wait for. */
  update(changes: readonly ResourceChange[]): number;
  /** The Module's flags, for Envoys whose admin interface is out of reach. */
  setFlags(flags: RuntimeFlags): void;
  /** Sends a refused version once more: what was wrong was not its content. */
  retry(type: ResourceType, name: string, version: string): void;
  /** Begins to answer: the snapshot is complete for the first time. */
  open(): void;
  /** Envoys are answered: what changes now, changes for somebody. */
  readonly isOpen: boolean;
  /** The newest change that every Envoy has acknowledged that is waited for; 0 while this instance's own is not there. */
  acknowledged(): number;
  /** Resolves when every Envoy that is waited for has acknowledged (or refused) everything up to a change. */
  whenAcknowledged(number: number): Promise<void>;
  statistics(): XdsStatistics;
  envoys(): readonly ConnectedEnvoy[];
  /** Looks now whether the certificate of the door for Envoys elsewhere has been replaced. */
  lookForCertificate(): Promise<void>;
  close(): Promise<void>;
}

/** How often it is looked whether Envoys elsewhere keep up, where they are waited for. */
const lateCheckMs = 1_000;

/** Listens; an old socket file is replaced. */
export async function serveXds(options: XdsServerOptions): Promise<XdsServer> {
  const { hasOwnEnvoy = true } = options;
  const snapshot = createSnapshot();
  const followers = new Set<Follower>();
  const refusals = createRefusals();
  const order = { ...defaultOrderOptions, ...options.order };
  const counters = { bytes: 0, refusals: 0, early: 0 };
  const responses = { cluster: 0, endpoints: 0, extension: 0, secret: 0, listener: 0, routes: 0, scope: 0 };
  const opened = Promise.withResolvers<void>();
  let isOpen = false;
  let flags = flagLayer({});
  const convergence = createConvergence({ followers, snapshot, hasOwnEnvoy, onConverged: options.onConverged });

  function judge(follower: Follower, refused: Refused): void {
    counters.refusals++;
    follower.refusals++;
    if (judges(follower, refused, followers, hasOwnEnvoy)) options.onRefusal?.(refused);
    else options.onOddRefusal?.(refused);
  }

  async function accept(call: DeltaCall, peer?: RemotePeer): Promise<void> {
    await opened.promise;
    if (call.cancelled) return;
    const stream = serveStream(call, {
      view: snapshot,
      options: order,
      ...(peer && { checkNode: (node) => checkNode(peer, node, options.remote?.envoyVersion) }),
      refusedBy: refusals.of,
      flags: () => flags,
      onSend(response, bytes) {
        responses[response.type]++;
        counters.bytes += bytes;
        follower.bytes += bytes;
      },
      onRefusal: (refused) => judge(follower, refused),
      onEarly(early) {
        counters.early++;
        options.onEarly?.(early);
      },
      onAcknowledged() {
        noteProgress(follower, snapshot.number, performance.now(), true);
        convergence.check();
      },
      onClose(error) {
        followers.delete(follower);
        if (error) options.onStreamError?.(error, peer);
        convergence.check();
      },
    });
    const now = performance.now();
    const follower: Follower = { stream, peer, connectedAt: now, behindSince: now, bytes: 0, refusals: 0 };
    followers.add(follower);
    if (!peer) options.onConnected?.();
  }

  const server = deltaServer((call) => void accept(call));
  await rm(options.socketPath, { force: true });
  await bind(server, `unix:${options.socketPath}`, grpc.ServerCredentials.createInsecure());
  await chmod(options.socketPath, 0o600);
  const { remote } = options;
  const door: OpenDoor | undefined =
    remote && (await openRemoteDoor(remote, (call, peer) => void accept(call, peer), remote.log));
  const lateCheck = hasOwnEnvoy ? undefined : setInterval(convergence.check, lateCheckMs).unref();
  return {
    snapshot,
    update(changes) {
      const number = snapshot.apply(changes);
      const now = performance.now();
      for (const follower of followers) {
        noteProgress(follower, number, now, false);
        follower.stream.changed(changes);
      }
      if (!hasOwnEnvoy) convergence.check();
      return number;
    },
    setFlags(wanted) {
      if (wanted === flags.flags) return;
      flags = flagLayer(wanted);
      for (const { stream } of followers) stream.flagsChanged();
    },
    retry(type, name, version) {
      refusals.forgive(type, name, version);
      for (const { stream } of followers) stream.changed([{ type, name }]);
    },
    open() {
      isOpen = true;
      opened.resolve();
    },
    get isOpen() {
      return isOpen;
    },
    acknowledged: convergence.acknowledged,
    whenAcknowledged: convergence.whenAcknowledged,
    statistics: () => ({
      streams: followers.size,
      remote: [...followers].filter(({ peer }) => peer).length,
      late: [...followers].filter((one) => isLate(one, performance.now())).length,
      responses: { ...responses },
      ...counters,
    }),
    envoys: () => [...followers].map((one) => describe(one, performance.now())),
    lookForCertificate: async () => door?.look(),
    async close() {
      clearInterval(lateCheck);
      door?.close();
      server.forceShutdown();
      await rm(options.socketPath, { force: true });
    },
  };
}
