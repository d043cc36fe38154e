/** `dragoman demo-backends`: the quickstart's two services, until a signal ends them. */
import { once } from "node:events";
import { Command } from "commander";
import { startDemoBackends } from "../services/demo-backends/index.ts";
import { CannotRun } from "./cannot-run.ts";
import { write } from "./output.ts";
import { parsePort } from "./settings.ts";

interface Flags {
  readonly host: string;
  readonly echoPort: string;
  readonly quotePort: string;
}

/** The command. */
export function demoBackendsCommand(): Command {
  return new Command()
    .description("Starts `echo`, which shows the request it received, and `quote`, which answers JSON.")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("--echo-port <port>", "port of echo", "9001")
    .option("--quote-port <port>", "port of quote", "9002")
    .addHelpText(
      "after",
      `
Examples:
  dragoman demo-backends
  dragoman demo-backends --echo-port 19001 --quote-port 19002

Exit status: 0 ended by a signal, 2 could not run.`,
    )
    .action(serve);
}

async function serve(flags: Flags): Promise<void> {
  const backends = await startDemoBackends({
    host: flags.host,
    echoPort: parsePort(flags.echoPort, "--echo-port"),
    quotePort: parsePort(flags.quotePort, "--quote-port"),
  }).catch((error: unknown) => {
    throw new CannotRun(error instanceof Error ? error.message : String(error));
  });
  const { host, echoPort, quotePort } = backends;
  write(`ready: echo on http://${host}:${echoPort}, quote on http://${host}:${quotePort}\n`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), once(process, "SIGHUP")]);
  await backends.close();
}
