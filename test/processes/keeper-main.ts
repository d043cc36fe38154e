/**
 * A keeper process for the tests of this directory, around control-main.ts.
 */
import { openLog } from "../../src/base/log.ts";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { runKeeper } from "../../src/keeper/keeper.ts";

const { path: binary } = await obtainEnvoy();
const control = new URL("./control-main.ts", import.meta.url).pathname;
const log = (source: string) => openLog({ source, format: "json", level: "debug" });
const regexLimit = "re2.max_program_size.error_level";
const { RUNTIME_PARENT, LINGER_MS } = process.env;
process.exitCode = await runKeeper({
  envoy: { binary, concurrency: 2, drainSeconds: 5 },
  // An Envoy that refuses more than the compiler knows of.
  bootstrap: { nodeId: "test", nodeCluster: "default-default", version: "0", runtime: { [regexLimit]: 20 } },
  control: { command: process.execPath, args: [control, ...process.argv.slice(2)] },
  ...(RUNTIME_PARENT !== undefined && { runtimeParent: RUNTIME_PARENT }),
  shutdownMs: 3_000,
  lingerMs: Number(LINGER_MS ?? 0),
  log: log("keeper"),
  envoyLog: log("envoy"),
  stdout: process.stdout,
});
