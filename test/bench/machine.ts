/** The machine and the versions that figures were measured on and with. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";

/** What one has to know of this machine to read its figures. */
export async function describeMachine() {
  const [processor] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim(),
    processors: cpus().length,
    processor: processor?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    envoy: (await obtainEnvoy()).version,
    /** One, five and fifteen minutes, at the end. */
    load: readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" "),
  };
}
