/** `dragoman crds`: the CustomResourceDefinitions, with the versions that an administrator wants. */
import { Command } from "commander";
import { dump } from "js-yaml";
import { type ApiVersion, customResourceDefinitions, defaultCrdOptions, storableVersionNames } from "#compiler";
import { CannotRun } from "./cannot-run.ts";
import { write } from "./output.ts";

interface Flags {
  readonly storageVersion?: string;
  readonly servedVersions?: string;
}

/** The command. */
export function crdsCommand(): Command {
  return new Command()
    .description("Prints the CustomResourceDefinitions of all kinds, for kubectl apply.")
    .option("--storage-version <version>", "store objects in this version, of kinds that have it (v2)")
    .option("--served-versions <versions>", "serve these, separated by commas, of kinds that have any (all)")
    .addHelpText(
      "after",
      `
Examples:
  dragoman crds | kubectl apply -f -
  dragoman crds --storage-version v3alpha1 | kubectl apply -f -
  dragoman crds --served-versions v2,v3alpha1 | kubectl apply -f -

Without options they are those of the chart. Objects that are there stay in the version that they are stored in until
they are written again, and a version that is not served any more stays known for their sake.`,
    )
    .action(print);
}

function print({ storageVersion, servedVersions }: Flags): void {
  const definitions = customResourceDefinitions({
    ...defaultCrdOptions,
    ...(storageVersion === undefined ? {} : { storage: versionFrom(storageVersion, "--storage-version") }),
    ...(servedVersions === undefined
      ? {}
      : { served: servedVersions.split(",").map((one) => versionFrom(one.trim(), "--served-versions")) }),
  });
  for (const definition of definitions) write(`---\n${dump(definition, { lineWidth: 120, noRefs: true })}`);
}

function versionFrom(text: string, flag: string): ApiVersion {
  const found = storableVersionNames().find((version) => version === text);
  if (found) return found;
  throw new CannotRun(`${flag}: "${text}" is none of ${storableVersionNames().join(", ")}.`);
}
