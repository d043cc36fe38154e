/** `dragoman version`. */
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
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
  return manifest.version;
}
