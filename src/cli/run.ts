/**
 * `dragoman run`: the whole gateway on this machine. This process becomes the keeper; it looks at flags and paths
 * first, so that what cannot work fails with one sentence before anything is started.
 */
import { hostname } from "node:os";
import { Command } from "commander";
import { openLog } from "#base/log.ts";
import { supportedEnvoys } from "../keeper/envoy-binary.ts";
import { runKeeper } from "../keeper/keeper.ts";
import { adminFrom, overruledSentences } from "./admin-place.ts";
import { CannotRun } from "./cannot-run.ts";
import { acmeChoice } from "./certificates.ts";
import { accessFrom, type ClusterFlags, fieldSelectorFrom } from "./cluster.ts";
import { configDirectory } from "./config-directory.ts";
import { consulIdentity } from "./consul-identity.ts";
import { controlFlags } from "./control-flags.ts";
import { envoyTuning } from "./envoy-tuning.ts";
import { idleSentences } from "./idle-environment.ts";
import { keptStats as keptStatsFrom } from "./kept-stats.ts";
import { envoyHeap, heapFlags, memoryLimit } from "./memory.ts";
import { maxMetricsClusters } from "./metrics-limit.ts";
import { obtain } from "./obtain.ts";
import { environmentHelp, type LogFlags, withLog, withSettings } from "./options.ts";
import { checkPaths } from "./paths.ts";
import { parseSeconds, type SettingsFlags, settingsFrom } from "./settings.ts";
import { stateDirectory } from "./state-directory.ts";
import { keepStandardInput } from "./stdin-file.ts";
import { productVersion } from "./version.ts";
import { type DoorFlags, doorFrom, withTls } from "./xds-flags.ts";

/** The flags of `run`, most of which `control` is given too. */
export interface RunFlags extends SettingsFlags, ClusterFlags, DoorFlags, LogFlags {
  readonly adminPort?: string;
  readonly adminAddress?: string;
  readonly snapshotPort?: string;
  readonly shutdownTime?: string;
  readonly lingerTime?: string;
  /** Absent or true where nothing is said, false for none. */
  readonly envoy?: string | boolean;
  readonly stateDir?: string;
}

/** The command. */
export function runCommand(): Command {
  return withRunOptions(new Command())
    .description("Runs Envoy on manifests and keeps it up to date as they change. Ctrl-C ends it gently.")
    .option("--envoy <path>", "the Envoy to run (else DRAGOMAN_ENVOY, one on PATH, or the one that is fetched)")
    .option("--shutdown-time <seconds>", "how long what is under way may go on after the first signal (10)")
    .option("--linger-time <seconds>", "how long new connections are taken at least after the first signal (0)")
    .addHelpText(
      "after",
      `
Examples:
  dragoman run examples/quickstart
  dragoman run --port 80:8080 --port 443:8443 manifests/
  dragoman run --resolve echo.backend:80=127.0.0.1:9001 manifests/

Prints one line that begins with "ready" on standard output once Envoy has acknowledged everything, and Envoy's access
log after it; everything else goes to standard error.
Redirects to https name the port of this run's https listener, unless --https-port names another.
What must outlive a restart is kept in --state-dir, by default below $XDG_STATE_HOME/dragoman, or in the cluster.
${environmentHelp}
  ENVOY_CONCURRENCY                     Envoy's worker threads (one for each processor)
  AMBASSADOR_DRAIN_TIME                 seconds that connections of a removed listener may go on (600)
  CONSUL_HTTP_TOKEN, CONSUL_CACERT      who asks Consul, and whose certificates it may have
  AMBASSADOR_CONFIG_DIR                 what is read when there is no path (/ambassador/ambassador-config)

Exit status: 0 ended by a signal, 2 could not run.`,
    )
    .action(run);
}

/** The options that `run` and `control` share. */
export function withRunOptions(command: Command): Command {
  const common = withSettings(command.argument("[path...]", "files and directories; - is standard input, read once"))
    .option("--kubernetes", "watch a cluster: the pod's own, or the one of the current kubeconfig")
    .option("--kubeconfig <file>", "watch the cluster that this file names")
    .option("--context <name>", "watch the cluster of this context of the kubeconfig")
    .option("--admin-port <port>", "serve health, metrics and questions on this port")
    .option("--admin-address <address>", "of this IP address; other machines get health and metrics only (127.0.0.1)")
    .option(
      "--snapshot-port <port>",
      "show the objects in force, without Secrets' data, at /snapshot-external of this port",
    )
    .option("--state-dir <directory>", "where to keep what must outlive a restart")
    .option("--xds-address <address:port>", "serve Envoys elsewhere (dragoman envoy) at this IP address and port")
    .option("--no-envoy", "run no Envoy here: serve only those that connect to --xds-address");
  return withLog(withTls(common));
}

async function run(given: readonly string[], flags: RunFlags): Promise<void> {
  const access = await accessFrom(flags, process.env);
  const paths = given.length > 0 || access ? given : [configDirectory(process.env)];
  checkPaths(paths);
  const settings = settingsFrom(flags, process.env);
  consulIdentity(process.env);
  acmeChoice(process.env);
  fieldSelectorFrom(process.env);
  adminFrom(flags, process.env);
  maxMetricsClusters(process.env);
  const shutdownMs = parseSeconds(flags.shutdownTime, "--shutdown-time");
  const lingerMs = parseSeconds(flags.lingerTime, "--linger-time");
  const door = await doorFrom(flags);
  const { envoy: asked = true } = flags;
  if (!asked && !door) throw new CannotRun("with --no-envoy and without --xds-address, nobody would be served.");
  const envoy = asked ? await obtain(asked === true ? undefined : asked) : undefined;
  const [memory, keptStats] = [memoryLimit(process.env), keptStatsFrom(process.env)];
  const stdin = await keepStandardInput(paths);
  const log = (source: string) => openLog({ source, level: flags.logLevel, format: flags.logFormat });
  const idle = [...idleSentences(process.env), ...overruledSentences(flags, process.env)];
  for (const sentence of idle) log("keeper")("info", sentence);
  const { ambassadorId = "default", namespace = access?.namespace ?? "default" } = settings;
  try {
    process.exitCode = await runKeeper({
      envoy: envoy && { binary: envoy.path, ...envoyTuning(flags.logLevel, process.env) },
      bootstrap: {
        nodeId: hostname(),
        nodeCluster: `${ambassadorId}-${namespace}`,
        version: productVersion(),
        keptStats,
        ...envoyHeap(memory, false),
      },
      control: {
        command: process.execPath,
        args: [
          ...controlFlags,
          ...process.execArgv,
          ...heapFlags(memory, [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""]),
          process.argv[1] ?? "",
          ...controlArguments(stdin.paths, flags, envoy?.version ?? supportedEnvoys.newest),
        ],
      },
      ...(shutdownMs === undefined ? {} : { shutdownMs }),
      ...(lingerMs === undefined ? {} : { lingerMs }),
      log: log("keeper"),
      // Envoy writes what its own level lets through, which can be changed while it runs.
      envoyLog: openLog({ source: "envoy", level: "debug", format: flags.logFormat }),
      stdout: process.stdout,
    });
  } finally {
    await stdin.remove();
  }
}

function controlArguments(paths: readonly string[], flags: RunFlags, envoyVersion: string): readonly string[] {
  // A cluster keeps it itself.
  const isCluster = flags.kubernetes === true || flags.kubeconfig !== undefined || flags.context !== undefined;
  const state = flags.stateDir ?? (paths.length === 0 || isCluster ? undefined : stateDirectory(paths, process.env));
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ...(flags.port ?? []).map((port) => ["--port", port] as const),
    ...(flags.resolve ?? []).map((resolve) => ["--resolve", resolve] as const),
    ...(flags.fileDir ?? []).map((directory) => ["--file-dir", directory] as const),
    ["--kubeconfig", flags.kubeconfig],
    ["--context", flags.context],
    ["--https-port", flags.httpsPort],
    ["--admin-port", flags.adminPort],
    ["--admin-address", flags.adminAddress],
    ["--snapshot-port", flags.snapshotPort],
    ["--state-dir", state],
    ["--xds-address", flags.xdsAddress],
    ["--xds-cert", flags.xdsCert],
    ["--xds-key", flags.xdsKey],
    ["--xds-ca", flags.xdsCa],
    ["--log-format", flags.logFormat],
    ["--log-level", flags.logLevel],
    ["--envoy-version", envoyVersion.split(".").slice(0, 2).join(".")],
  ];
  const given = pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const switches = [...(flags.kubernetes ? ["--kubernetes"] : []), ...(flags.envoy === false ? ["--no-envoy"] : [])];
  return ["control", ...switches, ...given, "--", ...paths];
}
