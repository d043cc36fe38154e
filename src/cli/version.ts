/** `dragoman version`. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { supportedEnvoys } from "../keeper/envoy-binary.ts";
import { write } from "./output.ts";

/** The command. */
export function versionCommand(): Command {
  return new Command()
    .description("Prints the version of Dragoman, of Node and of the Envoys that it runs.")
    .addHelpText("after", "\nExample:\n  dragoman version")
    .action(() => {
      const { oldest, newest } = supportedEnvoys;
      write(`dragoman ${productVersion()}\nnode ${process.versions.node}\nenvoy ${oldest} to ${newest}\n`);
    });
}

/** The version that the package has. */
export function productVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
