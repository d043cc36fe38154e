/**
 * Loaded into the control process of a soak: on SIGUSR2 it collects garbage, twice, and writes what is left to the file
 * that HEAP_FILE names. V8 gives back pages, too: those that it keeps for new garbage say how much there was at once.
 */
import { renameSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const { HEAP_FILE: file } = process.env;

if (file !== undefined && process.argv.includes("control")) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: object) => void;
  process.on("SIGUSR2", () => {
    for (let i = 0; i < 2; i++) collect({ type: "major", execution: "sync", flavor: "last-resort" });
    writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
    renameSync(`${file}.new`, file);
  });
}
