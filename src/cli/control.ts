/** `dragoman control`: the control plane of a run, started and restarted by its keeper; not for people. */

import { Command } from "commander";
import { takesScopes } from "#base/envoy-version.ts";
import { openLog } from "#base/log.ts";
import { defaultSettings } from "#compiler";
import { openKeeperLink } from "../control/keeper-link.ts";
import { runControl } from "../control/run.ts";
import { adminFrom } from "./admin-place.ts";
import { CannotRun, exitStatus } from "./cannot-run.ts";
import { certificatesFrom, obtainsCertificates } from "./certificates.ts";
import { checkPorts, explainTaken } from "./check-ports.ts";
import { accessFrom, clusterFrom } from "./cluster.ts";
import { consulIdentity } from "./consul-identity.ts";
import { commandEndpoints } from "./endpoints.ts";
import { envoyTuning } from "./envoy-tuning.ts";
import { explainFailure } from "./explain-failure.ts";
import { fileDirectories } from "./file-directories.ts";
import { maxMetricsClusters } from "./metrics-limit.ts";
import { optimizeEarly } from "./optimize-early.ts";
import { type RunFlags, withRunOptions } from "./run.ts";
import { settingsFrom } from "./settings.ts";
import { productVersion } from "./version.ts";
import { doorFrom } from "./xds-flags.ts";

interface ControlFlags extends RunFlags {
  readonly envoyVersion: string;
}

/** The command. */
export function controlCommand(): Command {
  return withRunOptions(new Command())
    .description("Serves a running Envoy; started by dragoman run.")
    .requiredOption("--envoy-version <version>", "the Envoy that is served")
    .action(control);
}

async function control(paths: readonly string[], flags: ControlFlags): Promise<void> {
  const keeper = openKeeperLink();
  if (!keeper) throw new CannotRun("control is started by dragoman run, not by hand.");
  optimizeEarly();
  const log = openLog({ source: "control", level: flags.logLevel, format: flags.logFormat });
  const { settings: adminSettings, ...places } = adminFrom(flags, process.env);
  const access = await accessFrom(flags, process.env);
  // Only a run by itself knows where its https listener can be reached; in a cluster a load balancer stands before it.
  const place = access ? { namespace: access.namespace } : { httpsPort: "own" as const };
  const certificatePlace = { isCluster: access !== undefined, stateDirectory: flags.stateDir };
  const certificates = await certificatesFrom(certificatePlace, process.env, log);
  const obtained = obtainsCertificates(certificatePlace, process.env) ? { obtainsCertificates: true as const } : {};
  const settings = { ...defaultSettings, ...obtained, ...place, ...settingsFrom(flags, process.env), ...adminSettings };
  const pinned = settings.routeTables ?? "table";
  if (pinned !== "table" && !takesScopes(flags.envoyVersion))
    throw new CannotRun(
      `DRAGOMAN_ROUTE_TABLES: ${pinned} needs Envoy 1.40 or newer, and this is ${flags.envoyVersion}.`,
    );
  const hasOwnEnvoy = flags.envoy !== false;
  const running = runControl({
    paths,
    cluster: access && clusterFrom(access, process.env, keeper.runtimeDirectory),
    settings: { ...settings, envoyVersion: flags.envoyVersion },
    fileDirectories: fileDirectories(flags, process.env),
    runtimeDirectory: keeper.runtimeDirectory,
    drainSeconds: envoyTuning(flags.logLevel, process.env).drainSeconds,
    ...(flags.stateDir === undefined ? {} : { stateDirectory: flags.stateDir }),
    version: productVersion(),
    ...(process.env["AMBASSADOR_CLUSTER_ID"] ? { clusterId: process.env["AMBASSADOR_CLUSTER_ID"] } : {}),
    ...places,
    maxMetricsClusters: maxMetricsClusters(process.env),
    consul: consulIdentity(process.env),
    certificates,
    log,
    logFormat: flags.logFormat,
    endpoints: commandEndpoints,
    remote: await doorFrom(flags),
    hasOwnEnvoy,
    beforeServing: async ({ compiler }) => {
      if (hasOwnEnvoy) await checkPorts(compiler, settings.ports, keeper.runtimeDirectory);
    },
    onReady: (text) => keeper.ready(text),
    signal: keeper.signal,
  });
  await running.catch(endProcess);
  keeper.close();
}

/** Half of it may be running, so nothing but an exit ends it. The keeper starts it again, unless it cannot run. */
function endProcess(error: unknown): never {
  const cause = explainTaken(error, "--admin-port (or --snapshot-port, or --xds-address)");
  explainFailure(cause);
  process.exit(cause instanceof CannotRun ? exitStatus.cannotRun : exitStatus.found);
}
