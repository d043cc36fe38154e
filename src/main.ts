/** `dragoman`: the command line's first file. Everything that it can do is in cli/. */
import { runCommandLine } from "./cli/index.ts";

process.exitCode = await runCommandLine(process.argv.slice(2));
