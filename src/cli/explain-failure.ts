/** Every way in which a command can fail, as one sentence on standard error and an exit status. */
import { CommanderError } from "commander";
import { printable } from "#base/printable.ts";
import { redact } from "#base/redact.ts";
import { CannotRun, exitStatus } from "./cannot-run.ts";
import { writeError } from "./output.ts";

/** Writes the sentence and gives the status. */
export function explainFailure(error: unknown): number {
  // Commander has written its sentence, or the help that was asked for, itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.fine : exitStatus.cannotRun;
  if (error instanceof CannotRun) writeError(`dragoman: ${printable(error.message, 2000)}\n`);
  else writeError(`dragoman: internal error, please report it: ${redact(stackOf(error))}\n`);
  return exitStatus.cannotRun;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
