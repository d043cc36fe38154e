/**
 * The bootstrap that our Envoy starts with, as Envoy's own JSON. It holds only what cannot come over xDS: who it is,
 * where its control plane and its admin socket are, its limits, and which statistics it keeps.
 */
import { http2, type RemoteXds, remoteFlags, remoteXdsCluster } from "./remote-bootstrap.ts";

/** What the operator decides about Envoy itself. */
export interface BootstrapOptions {
  readonly nodeId: string;
  /** `<AMBASSADOR_ID>-<namespace>`, as the old system named it. */
  readonly nodeCluster: string;
  readonly version: string;
  readonly xdsSocket: string;
  /** The control plane, where it is not behind the socket. */
  readonly remote?: RemoteXds | undefined;
  readonly adminSocket: string;
  readonly maxConnections?: number;
  /** Memory at which Envoy defends itself; without it there is no limit. */
  readonly maxHeapBytes?: number;
  /** Which statistics are kept, as Envoy's StringMatchers; the usual ones when absent. */
  readonly keptStats?: readonly object[] | "all";
  /** More keys of the static runtime layer. */
  readonly runtime?: Readonly<Record<string, unknown>>;
}

const startsWith = [
  "http.",
  "tcp.",
  "listener.",
  "listener_manager.",
  "server.",
  "cluster_manager.",
  "control_plane.",
  "overload.",
  "runtime.",
  "workers.",
];
const anywhere = [
  ".upstream_rq",
  ".upstream_cx",
  ".membership_",
  ".circuit_breakers.",
  ".health_check.",
  ".outlier_detection.",
  ".retry",
  ".ext_authz.",
  ".grpc.",
  ".ratelimit.",
  ".ssl.",
];

/** What dashboards show. Statistics are most of a start's time and memory, so the rest is left out. */
export const defaultKeptStats: readonly object[] = [
  ...startsWith.map((prefix) => ({ prefix })),
  ...anywhere.map((contains) => ({ contains })),
];

const defaultMaxConnections = 50_000;

/** The whole bootstrap. */
export function bootstrap(options: BootstrapOptions): object {
  return {
    node: { id: options.nodeId, cluster: options.nodeCluster, metadata: { dragoman_version: options.version } },
    admin: { address: { pipe: { path: options.adminSocket, mode: 0o600 } } },
    dynamic_resources: dynamicResources(),
    static_resources: { clusters: [{ name: xdsClusterName, ...xdsCluster(options) }] },
    // Statistics are most of what a cluster costs; those of a cluster that nobody calls are made when somebody does.
    deferred_stat_options: { enable_deferred_creation_stats: true },
    ...statistics(options.keptStats ?? defaultKeptStats),
    layered_runtime: {
      layers: [
        { name: "static", static_layer: runtime(options) },
        ...(options.remote ? [remoteFlags] : []),
        { name: "admin", admin_layer: {} },
      ],
    },
    overload_manager: overloadManager(options),
  };
}

function statistics(kept: readonly object[] | "all"): object {
  return kept === "all" ? {} : { stats_config: { stats_matcher: { inclusion_list: { patterns: kept } } } };
}

function dynamicResources(): object {
  // Without a timeout Envoy stays unready until the first configuration is complete.
  const overAds = { ads: {}, resource_api_version: "V3", initial_fetch_timeout: "0s" };
  const retry = { retry_back_off: { base_interval: "0.1s", max_interval: "1s" } };
  return {
    ads_config: {
      api_type: "DELTA_GRPC",
      transport_api_version: "V3",
      set_node_on_first_message_only: true,
      grpc_services: [{ envoy_grpc: { cluster_name: xdsClusterName, retry_policy: retry } }],
    },
    cds_config: overAds,
    lds_config: overAds,
  };
}

const xdsClusterName = "dragoman_xds";

function xdsCluster({ xdsSocket: path, remote }: BootstrapOptions): object {
  if (remote) return remoteXdsCluster(remote, xdsClusterName);
  return {
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: http2({}),
    load_assignment: {
      cluster_name: xdsClusterName,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path } } } }] }],
    },
  };
}

function runtime(options: BootstrapOptions): object {
  // The size that the old system allowed a user's regular expression.
  return { "re2.max_program_size.error_level": 200, "re2.max_program_size.warn_level": 100, ...options.runtime };
}

function overloadManager({ maxConnections = defaultMaxConnections, maxHeapBytes }: BootstrapOptions): object {
  const connections = monitor(
    "global_downstream_max_connections",
    "downstream_connections.v3.DownstreamConnectionsConfig",
    {
      max_active_downstream_connections: maxConnections,
    },
  );
  if (maxHeapBytes === undefined) return { resource_monitors: [connections] };
  const heap = monitor("fixed_heap", "fixed_heap.v3.FixedHeapConfig", { max_heap_size_bytes: maxHeapBytes });
  return {
    refresh_interval: "0.25s",
    resource_monitors: [connections, heap],
    actions: [
      action("shrink_heap", 0.9),
      action("disable_http_keepalive", 0.92),
      action("stop_accepting_requests", 0.95),
      action("stop_accepting_connections", 0.98),
    ],
  };
}

function monitor(name: string, type: string, config: object): object {
  const typed = { "@type": `type.googleapis.com/envoy.extensions.resource_monitors.${type}`, ...config };
  return { name: `envoy.resource_monitors.${name}`, typed_config: typed };
}

function action(name: string, heapShare: number): object {
  const trigger = { name: "envoy.resource_monitors.fixed_heap", threshold: { value: heapShare } };
  return { name: `envoy.overload_actions.${name}`, triggers: [trigger] };
}
