/** `dragoman lint`: every problem of manifests, for people or for programs. */
import { Command } from "commander";
import { hasError } from "#base/diagnostic.ts";
import { diagnosticJson, renderDiagnostic, summarizeDiagnostics } from "#base/render-diagnostic.ts";
import { exitStatus } from "./cannot-run.ts";
import { type CompiledManifests, compileManifests } from "./manifests.ts";
import { environmentHelp, formatOption, withSettings } from "./options.ts";
import { hasColors, write, writeError } from "./output.ts";
import { type SettingsFlags, settingsFrom } from "./settings.ts";

/** The command. */
export function lintCommand(): Command {
  const command = new Command()
    .argument("<path...>", "files and directories; - is standard input")
    .description("Reads manifests as the gateway would, and says what is wrong with them.")
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      `
Examples:
  dragoman lint manifests/
  kubectl get mappings,hosts -A -o yaml | dragoman lint -
  dragoman lint --format json manifests/ | jq -r 'select(.severity == "error") | .object'

JSON is one object per line: code, severity, object, file, line, column, field, message, traffic, hint, related.
${environmentHelp}

Exit status: 0 no errors (warnings and notices may be there), 1 errors, 2 could not run.`,
    );
  return withSettings(command).action(lint);
}

async function lint(paths: readonly string[], flags: SettingsFlags & { readonly format: string }): Promise<void> {
  const compiled = await compileManifests(paths, settingsFrom(flags, process.env));
  if (flags.format === "json") writeJson(compiled);
  else writeText(compiled);
  process.exitCode = hasError(compiled.diagnostics) ? exitStatus.found : exitStatus.fine;
}

function writeJson({ diagnostics, locate }: CompiledManifests): void {
  write(diagnostics.map((diagnostic) => `${JSON.stringify(diagnosticJson(diagnostic, locate))}\n`).join(""));
}

function writeText({ diagnostics, ignored, locate, objects }: CompiledManifests): void {
  const options = { locate, colors: hasColors(process.stdout) };
  for (const diagnostic of diagnostics) write(`${renderDiagnostic(diagnostic, options)}\n\n`);
  writeError(`${objects.length} objects: ${summarizeDiagnostics(diagnostics)}\n`);
  const others = Object.entries(ignored).map(([kind, count]) => `${count} ${kind}`);
  if (others.length > 0) writeError(`not looked at, because not for a gateway: ${others.sort().join(", ")}\n`);
}
