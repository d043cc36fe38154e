/** Starts the do-nothing control plane and a fresh Envoy with the product's own bootstrap on it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { openLog } from "#base/log.ts";
import { type Encoded, encodedBytes, typeUrls } from "#compiler";
import { bootstrap } from "../../../src/keeper/bootstrap.ts";
import { obtainEnvoy } from "../../../src/keeper/envoy-binary.ts";
import { startEnvoyProcess } from "../../../src/keeper/envoy-process.ts";
import { makeRuntimeDirectory } from "../../../src/keeper/runtime-dir.ts";
import type { Done, Given, Order } from "./server.ts";

/** A running floor. */
export interface Floor {
  /** When Envoy was started, by the monotonic clock, in ns. */
  readonly begun: bigint;
  /** Marshals a change, so that it can be sent at once. */
  prepare(resources: readonly Encoded[]): Promise<void>;
  /** Sends it; resolves with the time at which it was handed to the stream. */
  send(): Promise<bigint>;
  close(): Promise<void>;
}

/** Starts one that serves these resources. */
export async function startFloor(resources: readonly Encoded[], concurrency: number): Promise<Floor> {
  const directory = await makeRuntimeDirectory();
  const { xdsSocket, envoyAdminSocket: adminSocket, bootstrapFile } = directory;
  const server = fork(new URL("server.ts", import.meta.url).pathname, { serialization: "advanced" });
  await ask(server, { do: "listen", path: xdsSocket, resources: resources.map(given) });
  const identity = { nodeId: "floor", nodeCluster: "default-default", version: "0" };
  await writeFile(bootstrapFile, JSON.stringify(bootstrap({ ...identity, xdsSocket, adminSocket })));
  const { path: binary } = await obtainEnvoy();
  const log = openLog({ source: "floor", level: "warning" });
  const begun = process.hrtime.bigint();
  const envoy = startEnvoyProcess({ binary, bootstrapFile, concurrency }, log, "ignore");
  return {
    begun,
    prepare: async (changed) => {
      await ask(server, { do: "prepare", resources: changed.map(given) });
    },
    send: async () => (await ask(server, { do: "send" })).at,
    close: async () => {
      await Promise.all([end(envoy), end(server)]);
      await rm(directory.path, { recursive: true, force: true });
    },
  };
}

function given(resource: Encoded): Given {
  const { type, name, version } = resource;
  return { typeUrl: typeUrls[type], name, version, bytes: encodedBytes(resource) };
}

async function ask(server: ChildProcess, order: Order): Promise<Done> {
  const answered = once(server, "message");
  server.send(order);
  const [done] = (await answered) as [Done];
  return done;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
