/**
 * SERVE: delta ADS over gRPC, on a unix socket for the Envoy of this instance and, where asked for, on a port for Envoys
 * elsewhere.
 * Streams are accepted at once. One that has nothing is given clusters as they come; any other is answered from the
 * first complete configuration on, so that an Envoy that is warm is never told that its configuration is gone.
 */
import { chmod, rm } from "node:fs/promises";
import * as grpc from "@grpc/grpc-js";
import type { ResourceChange, ResourceType, RuntimeFlags } from "#compiler";
import { flagLayer } from "./flags.ts";
import { type ConnectedEnvoy, describe } from "./followers.ts";
import { openRemoteDoor } from "./remote.ts";
import { bind, deltaServer } from "./service.ts";
import {
  accept,
  createServing,
  open,
  statistics,
  update,
  type XdsServerOptions,
  type XdsStatistics,
} from "./serving.ts";
import type { SnapshotView } from "./snapshot.ts";

export type { XdsServerOptions, XdsStatistics } from "./serving.ts";

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
  const { socketPath, remote } = options;
  const serving = createServing(options);
  const { snapshot, followers, refusals, convergence, hasOwnEnvoy } = serving;
  const server = deltaServer((call) => void accept(serving, call));
  await rm(socketPath, { force: true });
  await bind(server, `unix:${socketPath}`, grpc.ServerCredentials.createInsecure());
  await chmod(socketPath, 0o600);
  const door = remote && (await openRemoteDoor(remote, (call, peer) => void accept(serving, call, peer), remote.log));
  const lateCheck = hasOwnEnvoy ? undefined : setInterval(convergence.check, lateCheckMs).unref();
  return {
    snapshot,
    update: (changes) => update(serving, changes),
    setFlags(wanted) {
      if (wanted === serving.flags.flags) return;
      serving.flags = flagLayer(wanted);
      for (const { stream } of followers) stream.flagsChanged();
    },
    retry(type, name, version) {
      refusals.forgive(type, name, version);
      for (const { stream } of followers) stream.changed([{ type, name }]);
    },
    open: () => open(serving),
    get isOpen() {
      return snapshot.isComplete;
    },
    acknowledged: convergence.acknowledged,
    whenAcknowledged: convergence.whenAcknowledged,
    statistics: () => statistics(serving),
    envoys: () => [...followers].map((one) => describe(one, performance.now())),
    lookForCertificate: async () => door?.look(),
    async close() {
      clearInterval(lateCheck);
      door?.close();
      server.forceShutdown();
      await rm(socketPath, { force: true });
    },
  };
}
