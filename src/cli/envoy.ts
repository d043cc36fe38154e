/**
 * `dragoman envoy`: a data plane by itself. The keeper runs an Envoy whose configuration comes from a control plane on
 * another machine, which knows it by its certificate.
 */

import { Command } from "commander";
import { openLog } from "#base/log.ts";
import { openEnvoyAlone } from "../control/admin/envoy-alone.ts";
import { runKeeper } from "../keeper/keeper.ts";
import { adminFrom } from "./admin-place.ts";
import { CannotRun } from "./cannot-run.ts";
import { explainTaken } from "./check-ports.ts";
import { envoyTuning } from "./envoy-tuning.ts";
import { keptStats } from "./kept-stats.ts";
import { envoyHeap, memoryLimit } from "./memory.ts";
import { maxMetricsClusters } from "./metrics-limit.ts";
import { obtain } from "./obtain.ts";
import { type LogFlags, withLog } from "./options.ts";
import { parseSeconds } from "./settings.ts";
import { productVersion } from "./version.ts";
import { nodesOf, parseHostAndPort, type TlsFlags, tlsFrom, withTls } from "./xds-flags.ts";

interface EnvoyFlags extends TlsFlags, LogFlags {
  readonly xds: string;
  readonly xdsName?: string;
  readonly nodeId?: string;
  readonly envoy?: string;
  readonly adminPort?: string;
  readonly adminAddress?: string;
  readonly shutdownTime?: string;
}

/** The command. */
export function envoyCommand(): Command {
  return withLog(
    withTls(new Command().requiredOption("--xds <host:port>", "the control plane's --xds-address"))
      .option("--xds-name <name>", "the name in the control plane's certificate (the host of --xds)")
      .option("--node-id <name>", "who this Envoy is: a DNS name or URI of its certificate (the first)")
      .option("--envoy <path>", "the Envoy to run (else DRAGOMAN_ENVOY, one on PATH, or the one that is fetched)")
      .option("--admin-port <port>", "serve health and metrics on this port")
      .option("--admin-address <address>", "of this IP address (127.0.0.1)")
      .option("--shutdown-time <seconds>", "how long what is under way may go on after the first signal (10)"),
  )
    .description("Runs an Envoy whose control plane is elsewhere: dragoman run with --xds-address.")
    .addHelpText(
      "after",
      `
Example:
  dragoman envoy --xds control.example:18000 --xds-cert edge-1.crt --xds-key edge-1.key --xds-ca ca.crt

Prints one line that begins with "ready" on standard output once Envoy has its first configuration, and Envoy's access
log after it; everything else goes to standard error. Without its control plane it goes on with what it has.

Environment:
  ENVOY_CONCURRENCY                     Envoy's worker threads (one for each processor)
  AMBASSADOR_DRAIN_TIME                 seconds that connections of a removed listener may go on (600)
  AMBASSADOR_ID, AMBASSADOR_NAMESPACE   what Envoy's cluster is called, id-namespace (default, default)

Exit status: 0 ended by a signal, 2 could not run.`,
    )
    .action(run);
}

async function run(flags: EnvoyFlags): Promise<void> {
  const { host, port } = parseHostAndPort(flags.xds, "--xds");
  const tls = await tlsFrom(flags);
  const { admin } = adminFrom(flags, process.env);
  const shutdownMs = parseSeconds(flags.shutdownTime, "--shutdown-time");
  const [memory, maxMetrics] = [memoryLimit(process.env), maxMetricsClusters(process.env)];
  const nodeId = nodeFrom(flags, nodesOf(tls.texts));
  const envoy = await obtain(flags.envoy);
  const log = openLog({ source: "keeper", level: flags.logLevel, format: flags.logFormat });
  const { AMBASSADOR_ID: id = "default", AMBASSADOR_NAMESPACE: namespace = "default" } = process.env;
  process.exitCode = await runKeeper({
    envoy: { binary: envoy.path, ...envoyTuning(flags.logLevel, process.env) },
    bootstrap: {
      nodeId,
      nodeCluster: `${id}-${namespace}`,
      version: productVersion(),
      keptStats: keptStats(process.env),
      ...envoyHeap(memory, true),
    },
    control: {
      host,
      port,
      serverName: flags.xdsName ?? host,
      ...tls,
      openAdmin: ({ path: runtimeDirectory }) =>
        openEnvoyAlone({ runtimeDirectory, admin, maxMetricsClusters: maxMetrics, log }).catch(takenPort),
    },
    ...(shutdownMs === undefined ? {} : { shutdownMs }),
    log,
    envoyLog: openLog({ source: "envoy", level: "debug", format: flags.logFormat }),
    stdout: process.stdout,
  });
}

function nodeFrom({ nodeId, xdsCert }: EnvoyFlags, nodes: readonly string[]): string {
  const [first] = nodes;
  if (first === undefined) {
    throw new CannotRun(
      `--xds-cert: the certificate in ${xdsCert} holds no DNS name and no URI, so it is for no node.`,
    );
  }
  if (nodeId === undefined || nodes.includes(nodeId)) return nodeId ?? first;
  throw new CannotRun(`--node-id: the certificate is for ${nodes.join(", ")}, and not for "${nodeId}".`);
}

function takenPort(error: unknown): never {
  throw explainTaken(error, "--admin-port");
}
