/**
 * A control process for the tests of this directory: manifests from the paths given, everything on 127.0.0.1.
 */
import { openLog } from "../../src/base/log.ts";
import { defaultSettings } from "../../src/compiler/index.ts";
import { openKeeperLink } from "../../src/control/keeper-link.ts";
import { runControl } from "../../src/control/run.ts";

const link = openKeeperLink();
if (!link) throw new Error("started without a keeper");
const stateDirectory = process.env.DRAGOMAN_STATE_DIR;
await runControl({
  paths: process.argv.slice(2),
  settings: { ...defaultSettings, bindAddress: "127.0.0.1", ports: JSON.parse(process.env.PORTS ?? "{}") },
  fileDirectories: process.env.DRAGOMAN_FILE_DIRS?.split(":") ?? [],
  runtimeDirectory: link.runtimeDirectory,
  ...(stateDirectory !== undefined && { stateDirectory }),
  version: "0",
  admin: { port: 0, address: "127.0.0.1" },
  maxMetricsClusters: 500,
  log: openLog({ source: "control", format: "json", level: "debug" }),
  logFormat: "json",
  onReady: link.ready,
  signal: link.signal,
});
link.close();
