/** `dragoman lint`: every problem of manifests, for people or for programs. */
import { Command, Option } from "commander";
import { deviatesFrom, type Generation, generations } from "#base/deviations.ts";
import { type Diagnostic, hasError } from "#base/diagnostic.ts";
import { diagnosticJson, renderDiagnostic, summarizeDiagnostics } from "#base/render-diagnostic.ts";
import { exitStatus } from "./cannot-run.ts";
import { type CompiledManifests, compileManifests } from "./manifests.ts";
import { environmentHelp, formatOption, withSettings } from "./options.ts";
import { hasColors, write, writeError } from "./output.ts";
import type { SettingsFlags } from "./settings.ts";

/** The command. */
export function lintCommand(): Command {
  const command = new Command()
    .argument("<path...>", "files and directories; - is standard input")
    .description("Reads manifests as the gateway would, and says what is wrong with them.")
    .addOption(formatOption("text", "json"))
    .addOption(
      new Option("--against <generation>", "only what behaves differently from that generation of Ambassador").choices(
        generations,
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  dragoman lint manifests/
  kubectl get mappings,hosts -A -o yaml | dragoman lint -
  dragoman lint --against 2.x manifests/
  dragoman lint --format json manifests/ | jq -r 'select(.severity == "error") | .object'

JSON is one object per line: code, severity, object, file, line, column, field, message, traffic, hint, related.
${environmentHelp}

With --against only differences are listed, whatever their severity; the exit status is the same.

Exit status: 0 no errors (warnings and notices may be there), 1 errors, 2 could not run.`,
    );
  return withSettings(command).action(lint);
}

interface LintFlags extends SettingsFlags {
  readonly format: string;
  readonly against?: Generation;
}

async function lint(paths: readonly string[], flags: LintFlags): Promise<void> {
  const compiled = await compileManifests(paths, flags);
  const { against } = flags;
  const shown = against ? compiled.diagnostics.filter(({ code }) => deviatesFrom(against, code)) : compiled.diagnostics;
  const { locate } = compiled;
  if (flags.format === "json") write(shown.map((one) => `${JSON.stringify(diagnosticJson(one, locate))}\n`).join(""));
  else writeText(shown, compiled, against);
  process.exitCode = hasError(compiled.diagnostics) ? exitStatus.found : exitStatus.fine;
}

function writeText(shown: readonly Diagnostic[], compiled: CompiledManifests, against: Generation | undefined): void {
  const { diagnostics, ignored, locate, objects } = compiled;
  const options = { locate, colors: hasColors(process.stdout) };
  for (const diagnostic of shown) write(`${renderDiagnostic(diagnostic, options)}\n\n`);
  const found = against ? summarizeDeviations(against, shown, diagnostics) : summarizeDiagnostics(diagnostics);
  writeError(`${objects.length} objects: ${found}\n`);
  const others = Object.entries(ignored).map(([kind, count]) => `${count} ${kind}`);
  if (others.length > 0) writeError(`not looked at, because not for a gateway: ${others.sort().join(", ")}\n`);
}

function summarizeDeviations(
  against: Generation,
  shown: readonly Diagnostic[],
  diagnostics: readonly Diagnostic[],
): string {
  const seen = shown.filter(({ traffic }) => traffic !== undefined).length;
  const count = `${shown.length} difference${shown.length === 1 ? "" : "s"} from ${against}`;
  const others = diagnostics.filter((one) => !shown.includes(one));
  const rest = others.length === 0 ? "" : `; without --against also ${summarizeDiagnostics(others)}`;
  return shown.length === 0 ? `no differences from ${against}${rest}` : `${count}, ${seen} that traffic sees${rest}`;
}
