/**
 * A real Envoy with Dragoman's own bootstrap, served by Dragoman's own xDS server in this process.
 */

import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { openLog } from "../../src/base/log.ts";
import { serveXds, type XdsServer, type XdsServerOptions } from "../../src/control/xds/server.ts";
import { type AdminClient, openAdminClient } from "../../src/keeper/admin-client.ts";
import { type BootstrapOptions, bootstrap } from "../../src/keeper/bootstrap.ts";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { type EnvoyProcessOptions, startEnvoyProcess } from "../../src/keeper/envoy-process.ts";
import { makeRuntimeDirectory } from "../../src/keeper/runtime-dir.ts";
import { answerOf } from "../answer.ts";

/** Envoy and the server that it is connected to. */
export interface ServedEnvoy {
  readonly xds: XdsServer;
  readonly admin: AdminClient;
  readonly adminSocket: string;
  /** Ends the server as a killed process would, and starts another with an empty memory. */
  restartServer(): Promise<XdsServer>;
  restartEnvoy(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both. */
export async function startServedEnvoy(
  options: Omit<XdsServerOptions, "socketPath"> = {},
  { drainSeconds, ...more }: Partial<BootstrapOptions & EnvoyProcessOptions> = {},
): Promise<ServedEnvoy> {
  const { path: binary } = await obtainEnvoy();
  const directory = await makeRuntimeDirectory();
  const { xdsSocket, envoyAdminSocket: adminSocket, bootstrapFile } = directory;
  const identity = { nodeId: "test", nodeCluster: "default-default", version: "0" };
  await writeFile(bootstrapFile, JSON.stringify(bootstrap({ ...identity, xdsSocket, adminSocket, ...more })));
  const log = openLog({ source: "envoy", level: process.env.ENVOY_LOG ? "debug" : "error" });
  const start = () =>
    startEnvoyProcess(
      {
        ...{ binary, bootstrapFile, concurrency: 1, logLevel: process.env.ENVOY_LOG ?? "error" },
        ...(drainSeconds !== undefined && { drainSeconds }),
      },
      log,
      "ignore",
    );
  const serve = () => serveXds({ socketPath: xdsSocket, ...options });
  let xds = await serve();
  let envoy = start();
  const end = async (): Promise<void> => {
    const exited = once(envoy, "exit");
    envoy.kill("SIGKILL");
    await exited;
  };
  return {
    get xds() {
      return xds;
    },
    admin: openAdminClient(adminSocket),
    adminSocket,
    async restartServer() {
      await xds.close();
      xds = await serve();
      return xds;
    },
    async restartEnvoy() {
      await end();
      envoy = start();
    },
    async close() {
      await end();
      await xds.close();
      await rm(directory.path, { recursive: true, force: true });
    },
  };
}

/** One request on a connection of its own; the status and the body. */
export async function get(port: number, path = "/"): Promise<string> {
  const { status, body } = await answerOf({ port, path });
  return `${status} ${body}`;
}
