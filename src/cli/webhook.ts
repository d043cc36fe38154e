/** `dragoman webhook`: converts custom resources between versions for an API server, until a signal ends it. */

import { Command, Option } from "commander";
import { errorCode } from "#base/error-code.ts";
import { type LogFormat, type LogLevel, openLog } from "#base/log.ts";
import { runWebhook } from "../services/webhook/index.ts";
import { CannotRun } from "./cannot-run.ts";
import { accessFrom } from "./cluster.ts";
import { write } from "./output.ts";
import { parsePort, parseSeconds } from "./settings.ts";

interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly service: string;
  readonly secret: string;
  readonly namespace?: string;
  readonly address?: string;
  readonly port: string;
  readonly healthPort: string;
  readonly lingerTime?: string;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

/** The command. */
export function webhookCommand(): Command {
  return new Command()
    .description("Converts custom resources between their versions whenever the API server asks, over HTTPS.")
    .option("--kubeconfig <file>", "the cluster that this file names, instead of the pod's own")
    .option("--context <name>", "the cluster of this context of the kubeconfig")
    .option("--service <name>", "the Service whose port 443 leads here", "dragoman-webhook")
    .option("--secret <name>", "the Secret for its certificates, shared by all replicas", "dragoman-webhook")
    .option("--namespace <name>", "where Service and Secret are (the pod's own)")
    .option("--address <address>", "listen on this IP address only")
    .option("--port <port>", "the API server's questions", "8443")
    .option("--health-port <port>", "/probes/live and /probes/ready, over plain HTTP", "8080")
    .option("--linger-time <seconds>", "how long it goes on to answer after the first signal (0)")
    .addOption(new Option("--log-format <format>", "form of log lines").choices(["text", "json"]).default("text"))
    .addOption(
      new Option("--log-level <level>", "least serious level to log")
        .choices(["debug", "info", "warning", "error"])
        .default("info"),
    )
    .addHelpText(
      "after",
      `
Examples:
  dragoman webhook
  dragoman webhook --service emissary-apiext --namespace emissary-system

Makes its certificates by itself, renews them before they end, and writes into the CustomResourceDefinitions of
getambassador.io that it converts. Prints a line that begins with "ready" on standard output once they all say so.

Exit status: 0 ended by a signal, 2 could not run.`,
    )
    .action(serve);
}

async function serve(flags: Flags): Promise<void> {
  const access = await accessFrom({ kubernetes: true, ...flags }, process.env);
  if (!access) throw new CannotRun("there is no cluster.");
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => ended.abort());
  const running = runWebhook({
    access,
    namespace: flags.namespace ?? access.namespace,
    service: flags.service,
    secret: flags.secret,
    address: flags.address,
    port: parsePort(flags.port, "--port"),
    healthPort: parsePort(flags.healthPort, "--health-port"),
    lingerMs: parseSeconds(flags.lingerTime, "--linger-time"),
    log: openLog({ source: "webhook", level: flags.logLevel, format: flags.logFormat }),
    onReady: ({ port, healthPort }) => write(`ready: converts on port ${port}, health on port ${healthPort}\n`),
    signal: ended.signal,
  });
  await running.catch(explain);
}

function explain(error: unknown): never {
  const code = errorCode(error);
  if (code === "EADDRINUSE" || code === "EACCES" || code === "EADDRNOTAVAIL")
    throw new CannotRun(`it cannot listen: ${error instanceof Error ? error.message : code}.`);
  throw error;
}
