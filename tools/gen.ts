/**
 * `make gen`: writes everything that is derived from another file, in order, skipping what is up to date.
 * Exits 1 with one sentence when something it needs is missing.
 */
import { join } from "node:path";
import { WheelUnavailable } from "../src/keeper/wheel.ts";
import { generateEnvoyTypes } from "./gen/envoy-types.ts";

const root = join(import.meta.dirname, "..");
const say = (line: string): void => console.error(line);

try {
  await generateEnvoyTypes(root, say);
  // What follows imports the product, which imports the types.
  const { generateFiles } = await import("./gen/derived-files.ts");
  await generateFiles(root, say);
} catch (error) {
  if (!(error instanceof WheelUnavailable)) throw error;
  say(`cannot generate the Envoy types: ${error.message}`);
  process.exitCode = 1;
}
