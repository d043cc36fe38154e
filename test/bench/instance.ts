/** A whole instance, as a user starts it, on a directory of files. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RawObject } from "#compiler";
import { type Process, processOf } from "../process.ts";
import { fileOf, textOf, writeStill } from "./manifests.ts";

/** The running program and its directory. */
export interface Instance {
  /** When the program was started, by the monotonic clock, in ns. */
  readonly begun: bigint;
  /** Puts another version of an object in place; resolves with the time at which it was there. */
  put(object: RawObject): Promise<bigint>;
  /** The control process. */
  readonly control: Process;
  close(): Promise<void>;
}

/** What an instance is started with. */
export interface InstanceOptions {
  /** Where it listens instead of 8080. */
  readonly port: number;
  readonly concurrency: number;
  /** Objects that are not edited; together in few files. The others have one for each. */
  readonly still?: readonly RawObject[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it on these objects; resolves when it is ready. */
export async function startInstance(
  objects: Iterable<RawObject>,
  { port, concurrency, still = [], env: more = {} }: InstanceOptions,
): Promise<Instance> {
  const base = await mkdtemp(join(tmpdir(), "dragoman-bench-"));
  const [manifests, aside, state] = [join(base, "manifests"), join(base, "aside"), join(base, "state")];
  for (const directory of [manifests, aside]) await mkdir(directory);
  for (const object of objects) await writeFile(join(manifests, fileOf(object)), textOf(object));
  await writeStill(manifests, still);
  const program = new URL("../../bin/dragoman", import.meta.url).pathname;
  const args = ["run", manifests, "--port", `8080:${port}`, "--state-dir", state, "--log-level", "error"];
  const bind = { AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1", ENVOY_CONCURRENCY: String(concurrency) };
  const env = { ...process.env, ...bind, ...more };
  const begun = process.hrtime.bigint();
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  await ready(child);
  return {
    begun,
    control: controlOf(child.pid ?? 0),
    put: async (object) => {
      const file = fileOf(object);
      await writeFile(join(aside, file), textOf(object));
      const at = process.hrtime.bigint();
      await rename(join(aside, file), join(manifests, file));
      return at;
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        await exited;
      }
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** The control process among what a keeper has started. */
function controlOf(keeper: number): Process {
  const started = readFileSync(`/proc/${keeper}/task/${keeper}/children`, "utf8").trim().split(" ");
  const pid = started.find((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").split("\0").includes("control"));
  if (pid === undefined) throw new Error("no control process");
  return processOf(pid);
}

async function ready(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`dragoman run ended with ${code}`)));
    // Read to the end, or the access log would fill the pipe and block Envoy.
    if (child.stdout)
      createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("ready") && resolve());
  });
}
