/** A control process without a keeper or an Envoy: `node control-child.ts MANIFESTS RUNTIME_DIRECTORY`. Says when it is ready. */
import { openLog } from "#base/log.ts";
import { defaultSettings } from "#compiler";
import { runControl } from "../../src/control/run.ts";

const [manifests = "", runtimeDirectory = ""] = process.argv.slice(2);
// It must not outlive the measurement.
process.on("disconnect", () => process.exit());
await runControl({
  paths: [manifests],
  settings: { ...defaultSettings, bindAddress: "127.0.0.1" },
  fileDirectories: [],
  runtimeDirectory,
  version: "0",
  maxMetricsClusters: 500,
  log: openLog({ source: "control", level: "error" }),
  onReady: () => process.send?.("ready"),
  signal: new AbortController().signal,
});
