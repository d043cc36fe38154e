/**
 * The environment variables that mean nothing to the program: those of the old systems, each with the reason, and names
 * that look like somebody meant them to. An operator is told of each that is set.
 */
import { variables } from "./environment.ts";

/** A variable of the old systems without an effect here. */
export interface IdleVariable {
  readonly name: string;
  readonly because: string;
}

const idle = (because: string, ...names: readonly string[]): readonly IdleVariable[] =>
  names.map((name) => ({ name, because }));

const byFlag = (flag: string): string => `${flag} of \`dragoman run\` decides that`;
const noRedis = "nothing needs a Redis";
const redis = [
  ...["AUTH", "PASSWORD", "PING_INTERVAL", "PIPELINE_LIMIT", "PIPELINE_WINDOW", "POOL_SIZE", "SOCKET_TYPE"],
  ...["SURGE_LIMIT_AFTER", "SURGE_LIMIT_INTERVAL", "SURGE_POOL_DRAIN_INTERVAL", "SURGE_POOL_SIZE", "TIMEOUT"],
  ...["TLS_ENABLED", "TLS_INSECURE", "TYPE", "URL", "USERNAME"],
];

/** All of them, by what there is instead. */
export const idleVariables: readonly IdleVariable[] = [
  ...idle("Secrets are always validated", "AMBASSADOR_FORCE_SECRET_VALIDATION"),
  ...idle("it never had an effect", "AMBASSADOR_FORCE_ENDPOINTS"),
  ...idle("endpoints never are part of clusters", "AMBASSADOR_EDS_BYPASS"),
  ...idle("changes are taken in as they come", "AMBASSADOR_RECONFIG_MAX_DELAY"),
  ...idle("only what changes is ever computed again", "AMBASSADOR_FAST_RECONFIGURE"),
  ...idle("there is one way to validate objects", "AMBASSADOR_FAST_VALIDATION"),
  ...idle(
    "Envoy is asked over a socket; readiness is at check_ready of the admin interface",
    "AMBASSADOR_READY_PORT",
    "AMBASSADOR_READY_LOG",
  ),
  ...idle(
    "the diagnostics are a part of the admin interface",
    "AMBASSADOR_DIAGD_BIND_ADDREASS",
    "AMBASSADOR_DIAGD_BIND_PORT",
  ),
  ...idle("the diagnostics have no banner", "AMBASSADOR_DIAGD_BANNER_ENDPOINT"),
  ...idle("what clusters are made from is at /debug/graph/ of the admin interface", "AMBASSADOR_DEBUG_CLUSTER_CONFIG"),
  ...idle("`dragoman lint` and `dragoman compile` need no Envoy", "DIAGD_ONLY"),
  ...idle("Envoy is never kept waiting", "AMBASSADOR_AMBEX_NO_RATELIMIT"),
  ...idle(
    "there are no snapshots on disk",
    "AMBASSADOR_AMBEX_SNAPSHOT_COUNT",
    "AMBASSADOR_SNAPSHOT_COUNT",
    "snapshot_dir",
  ),
  ...idle("Envoy has its configuration over a socket", "ENVOY_DIR", "ENVOY_BOOTSTRAP_FILE", "envoy_config_file"),
  ...idle("the program is one file", "APPDIR", "KUBESTATUS_PATH", "PYTHON_EGG_CACHE"),
  ...idle("each Envoy runs by itself", "AMBASSADOR_ENVOY_BASE_ID"),
  ...idle("Envoy speaks version 3 only", "AMBASSADOR_ENVOY_API_VERSION"),
  ...idle("there are no filters in Go", "AMBASSADOR_DISABLE_GO_FILTER"),
  ...idle("there is one mode", "AMBASSADOR_LEGACY_MODE"),
  ...idle(
    "nothing is reported to anybody",
    ...["AMBASSADOR_SCOUT_ID", "SCOUT_DISABLE", "SCOUT_HOST", "SCOUT_HTTPS", "AMBASSADOR_DISABLE_FEATURES"],
    "AES_REPORT_DIAGNOSTICS_TO_CLOUD",
  ),
  ...idle(byFlag("--log-level"), "AMBASSADOR_DEBUG", "AES_LOG_LEVEL", "AMBASSADOR_LOG_RESOURCES"),
  ...idle(byFlag("--log-level"), "DEV_SHUTUP_DIAGD", "DEV_SHUTUP_ENVOY", "DEV_SHUTUP_MEMORY"),
  ...idle(byFlag("--log-format"), "AMBASSADOR_JSON_LOGGING"),
  ...idle(byFlag("--shutdown-time"), "AMBASSADOR_EXIT_DELAY"),
  ...idle("Envoy is not restarted for changes", "AMBASSADOR_RESTART_TIME", "AMBASSADOR_SHUTDOWN_TIME"),
  ...idle(
    "only the paths that are given are read",
    ...["AMBASSADOR_NO_KUBEWATCH", "AMBASSADOR_FORCE_KUBEWATCH", "AMBASSADOR_NO_KUBERNETES"],
    ...["AMBASSADOR_SYNC_DIR", "AMBASSADOR_WATCH_DIR"],
  ),
  ...idle("the API server's certificate is verified as the kubeconfig says", "AMBASSADOR_VERIFY_SSL_FALSE"),
  ...idle("the quickstart in examples is the demonstration", "AMBASSADOR_DEMO_MODE"),
  ...idle(
    "no conversion webhook has to be waited for",
    ...["AMBASSADOR_APIEXT_WAIT", "AMBASSADOR_APIEXT_WAIT_TIMEOUT"],
    ...["AMBASSADOR_APIEXT_DEPLOYMENT_NAME", "AMBASSADOR_APIEXT_DEPLOYMENT_NAMESPACE"],
  ),
  ...idle("`dragoman webhook` always keeps both", "DISABLE_CRD_MANAGEMENT", "DISABLE_CA_MANAGEMENT"),
  ...idle(
    "statistics are at /metrics of the admin interface",
    ...["AMBASSADOR_GRPC_METRICS_SINK", "STATSD_ENABLED", "STATSD_HOST", "STATSD_PORT", "STATSD_FLUSH_INTERVAL"],
    ...["DOGSTATSD", "DD_ENTITY_ID", "USE_STATSD", "GOSTATS_FLUSH_INTERVAL_SECONDS"],
  ),
  ...idle("there is one edition", "EDGE_STACK"),
  ...idle("no licence is needed", "AMBASSADOR_AES_SECRET_NAME", "AMBASSADOR_AES_SECRET_NAMESPACE"),
  ...idle(
    "there is no sidecar and no agent",
    ...["DEV_AMBASSADOR_EVENT_HOST", "DEV_AMBASSADOR_EVENT_PATH"],
    ...["DEV_AMBASSADOR_SIDECAR_HOST", "DEV_AMBASSADOR_SIDECAR_PATH", "AES_SNAPSHOT_URL"],
    ...["AGENT_SERVICE", "AGENT_REPORTING_PERIOD", "AGENT_CONFIG_RESOURCE_NAME", "RPC_CONNECTION_ADDRESS"],
  ),
  ...idle("there is no console", "AMBASSADOR_URL"),
  ...idle(
    "there is no developer portal",
    ...["DEVPORTAL_CONTENT_URL", "DEVPORTAL_CONTENT_DIR", "DEVPORTAL_CONTENT_BRANCH", "POLL_EVERY_SECS"],
  ),
  ...idle("timeout_ms of an AuthService decides that", "AES_AUTH_TIMEOUT"),
  ...idle(
    "requests are counted by the service that a RateLimitService names",
    ...["AES_RATELIMIT_PREVIEW", "NEAR_LIMIT_RATIO", "LOCAL_CACHE_SIZE_IN_BYTES", "EXPIRATION_JITTER_MAX_SECONDS"],
  ),
  ...idle(noRedis, ...redis.map((name) => `REDIS_${name}`), "REDIS_PERSECOND"),
  ...idle(noRedis, ...redis.map((name) => `REDIS_PERSECOND_${name}`)),
];

/** One sentence for each variable that is set and has no effect. */
export function idleSentences(env: NodeJS.ProcessEnv): readonly string[] {
  const idles = idleVariables
    .filter(({ name }) => (env[name] ?? "") !== "")
    .map(({ name, because }) => `${name} has no effect: ${because}`);
  return [...idles, ...unknownNames(env).map((name) => `${name} has no effect: no variable is called so`)];
}

/** What Kubernetes tells every pod of a Service whose name begins so. */
const ofService =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;
/** Handed from the keeper to control. */
const ownUse: readonly string[] = ["DRAGOMAN_RUNTIME_DIR"];

/** Names with our prefixes that nobody knows: most likely misspelled. Those for manifests are their authors' business. */
function unknownNames(env: NodeJS.ProcessEnv): readonly string[] {
  const forManifests = `${env["DRAGOMAN_EXPAND_ENV"] ?? ""},${env["AMBASSADOR_EXPAND_ENV"] ?? ""}`.split(/[\s,]+/);
  const known = new Set([...[...variables, ...idleVariables].map(({ name }) => name), ...ownUse, ...forManifests]);
  return Object.keys(env)
    .filter((name) => /^(?:AMBASSADOR|DRAGOMAN|AES)_/.test(name) && !ofService.test(name) && !known.has(name))
    .filter((name) => env[name] !== "")
    .sort();
}
