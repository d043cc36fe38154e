/** What `dragoman control` is told: the words between the command line and the shell. */
import type { Log, LogFormat } from "#base/log.ts";
import type { Settings } from "#compiler";
import type { AdminEndpoint, AdminPort } from "./admin/server.ts";
import type { Certificates } from "./certificates.ts";
import type { Clock } from "./clock.ts";
import type { ClusterChoice } from "./cluster.ts";
import type { ConsulIdentity } from "./sources/consul/consul.ts";
import type { ControlView } from "./view.ts";
import type { RemoteDoor } from "./xds/remote.ts";

/** How to run. */
export interface ControlOptions {
  /** Files, directories, `-`. */
  readonly paths: readonly string[];
  /** A cluster whose objects are watched, beside the files or without any. */
  readonly cluster?: ClusterChoice | undefined;
  readonly settings: Settings;
  /** Directories that files which manifests name are read from. */
  readonly fileDirectories: readonly string[];
  /** Where the sockets go: made by the keeper, open to its owner only. */
  readonly runtimeDirectory: string;
  /** Where what must outlive this process is kept; without it nothing is. */
  readonly stateDirectory?: string;
  /** The version of this program. */
  readonly version: string;
  /** AMBASSADOR_CLUSTER_ID. */
  readonly clusterId?: string;
  /** Where the admin interface is beside its socket. */
  readonly admin?: AdminPort | undefined;
  /** Where the objects in force are shown. */
  readonly snapshot?: AdminPort | undefined;
  /** The most clusters that have metrics of their own. */
  readonly maxMetricsClusters: number;
  /** Who asks Consul. */
  readonly consul?: ConsulIdentity;
  /** Who obtains certificates, if anybody does; closed with everything else. */
  readonly certificates?: Certificates | undefined;
  readonly log: Log;
  readonly logFormat?: LogFormat;
  /** More of the admin interface: what the command line asks. */
  readonly endpoints?: (view: ControlView) => Readonly<Record<string, AdminEndpoint>>;
  /** Everything is compiled and nothing is served yet; a rejection ends the start. */
  readonly beforeServing?: (view: ControlView) => Promise<void>;
  /** Envoy has acknowledged everything for the first time. The text says where things are. */
  readonly onReady: (text: string) => void;
  /** Where Envoys elsewhere connect; nowhere when absent. */
  readonly remote?: RemoteDoor | undefined;
  /** Whether there is an Envoy beside this process; true when absent. */
  readonly hasOwnEnvoy?: boolean;
  /** How long Envoy drains connections of replaced listeners, in seconds. */
  readonly drainSeconds?: number | undefined;
  /** The process's own if absent. */
  readonly clock?: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}
