/**
 * The command line: finds the command, loads it alone, and turns every way to fail into one sentence and a status.
 * 0: done; 1: done, and what was looked for is not well; 2: could not run.
 */
import { Command } from "commander";
import { exitStatus } from "./cannot-run.ts";
import type { CommandEntry } from "./command-entry.ts";
import { commands } from "./commands.ts";
import { explainFailure } from "./explain-failure.ts";

/** Runs `dragoman ARGUMENTS…` and gives the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const wanted = commands.find(({ name }) => name === args.find((arg) => !arg.startsWith("-")));
  const program = await createProgram(wanted ? [wanted] : []);
  try {
    await program.parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? exitStatus.fine);
  } catch (error) {
    return explainFailure(error);
  }
}

/** The program with all of its commands; only `loaded` ones know more than their name. */
export async function createProgram(loaded: readonly CommandEntry[]): Promise<Command> {
  const program = new Command("dragoman")
    .description("An edge control plane and API gateway for Envoy.")
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .addHelpText("after", "\nHelp on one command, with examples: dragoman COMMAND --help")
    .exitOverride();
  for (const entry of commands) {
    const hidden = entry.hidden ?? false;
    if (!loaded.includes(entry)) program.command(entry.name, { hidden }).summary(entry.summary);
    else program.addCommand(strict((await entry.load()).name(entry.name).summary(entry.summary)), { hidden });
  }
  return program;
}

function strict(command: Command): Command {
  return command
    .exitOverride()
    .configureOutput({ outputError: (text, print) => print(text.replace(/^error: /, "dragoman: ")) })
    .showHelpAfterError(`(dragoman ${command.name()} --help tells more)`);
}
