/** A whole instance, as a user starts it, on a directory with one file per object. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RawObject } from "#compiler";

/** The running program and its directory. */
export interface Instance {
  /** Puts another version of an object in place; resolves with the time at which it was there. */
  put(object: RawObject): Promise<bigint>;
  close(): Promise<void>;
}

/** Starts it on these objects, listening on `port` instead of 8080; resolves when it is ready. */
export async function startInstance(
  objects: Iterable<RawObject>,
  { port, concurrency }: { readonly port: number; readonly concurrency: number },
): Promise<Instance> {
  const base = await mkdtemp(join(tmpdir(), "dragoman-bench-"));
  const [manifests, aside, state] = [join(base, "manifests"), join(base, "aside"), join(base, "state")];
  for (const directory of [manifests, aside]) await mkdir(directory);
  for (const object of objects) await writeFile(join(manifests, fileOf(object)), textOf(object));
  const program = new URL("../../bin/dragoman", import.meta.url).pathname;
  const args = ["run", manifests, "--port", `8080:${port}`, "--state-dir", state, "--log-level", "error"];
  const env = { ...process.env, AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1", ENVOY_CONCURRENCY: String(concurrency) };
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  await ready(child);
  return {
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

async function ready(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`dragoman run ended with ${code}`)));
    // Read to the end, or the access log would fill the pipe and block Envoy.
    if (child.stdout)
      createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("ready") && resolve());
  });
}

function fileOf({ ref }: RawObject): string {
  return `${ref.kind}-${ref.name}.yaml`.toLowerCase();
}

/** JSON, which is YAML. */
function textOf({ ref, version, labels, body }: RawObject): string {
  const apiVersion = ref.group === "" ? version : `${ref.group}/${version}`;
  return JSON.stringify({
    apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace, labels },
    ...body,
  });
}
