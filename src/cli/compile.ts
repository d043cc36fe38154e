/** `dragoman compile`: what manifests become, in three depths. Secrets are never printed. */
import { Command, Option } from "commander";
import { dump } from "js-yaml";
import { hasError } from "#base/diagnostic.ts";
import { renderDiagnostic } from "#base/render-diagnostic.ts";
import type { Encoded } from "#compiler";
import { linkedJson, resourceJson } from "../compiler/view.ts";
import { exitStatus } from "./cannot-run.ts";
import { type CompiledManifests, compileManifests } from "./manifests.ts";
import { environmentHelp, formatOption, withSettings } from "./options.ts";
import { hasColors, write, writeError } from "./output.ts";
import type { SettingsFlags } from "./settings.ts";
import { type NamedResources, staticEnvoy } from "./static-envoy.ts";

type Depth = "resources" | "ir" | "envoy";

interface Flags extends SettingsFlags {
  readonly emit: Depth;
  readonly format: "yaml" | "json";
}

/** The command. */
export function compileCommand(): Command {
  const command = new Command()
    .argument("<path...>", "files and directories; - is standard input")
    .description("Compiles manifests and prints the result; diagnostics go to standard error.")
    .addOption(
      new Option("--emit <what>", "the named xDS resources, the linked model behind them, or one static Envoy")
        .choices(["resources", "ir", "envoy"])
        .default("resources"),
    )
    .addOption(formatOption("yaml", "json"))
    .addHelpText(
      "after",
      `
Examples:
  dragoman compile manifests/
  dragoman compile --emit ir --format json manifests/ | jq '.virtualHosts[].domains'
  cat shop.yaml | dragoman compile --emit envoy -

Keys, tokens and the values of headers that hold credentials are shown as <redacted>.
${environmentHelp}

Exit status: 0 no errors (warnings and notices may be there), 1 errors, 2 could not run.`,
    );
  return withSettings(command).action(printCompiled);
}

async function printCompiled(paths: readonly string[], flags: Flags): Promise<void> {
  const compiled = await compileManifests(paths, flags);
  const view = viewOf(flags.emit, compiled);
  write(flags.format === "json" ? `${JSON.stringify(view, null, 2)}\n` : dump(view, { lineWidth: -1, noRefs: true }));
  const options = { locate: compiled.locate, colors: hasColors(process.stderr) };
  for (const diagnostic of compiled.diagnostics) writeError(`${renderDiagnostic(diagnostic, options)}\n\n`);
  process.exitCode = hasError(compiled.diagnostics) ? exitStatus.found : exitStatus.fine;
}

function viewOf(depth: Depth, { compiler, resources }: CompiledManifests): object {
  if (depth === "ir") return linkedJson(compiler.declared);
  const byName = namedResources(resources);
  return depth === "envoy" ? staticEnvoy(byName) : byName;
}

/** Resources by type, then by name, in Envoy's JSON form. */
function namedResources(resources: readonly Encoded[]): NamedResources {
  const types: Record<string, Record<string, unknown>> = {};
  for (const resource of resources) {
    const ofType = types[resource.type] ?? {};
    ofType[resource.name] = resourceJson(resource);
    types[resource.type] = ofType;
  }
  return types;
}
