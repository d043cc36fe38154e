/** Looks, before Envoy is told, whether the ports of listeners are free: one sentence instead of endless refusals. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { errorCode } from "#base/error-code.ts";
import { runtimeDirectoryAt } from "#base/runtime-directory.ts";
import type { Compiler } from "#compiler";
import { isAbsent, openAdminClient } from "../keeper/admin-client.ts";
import { CannotRun } from "./cannot-run.ts";

/** Fails for the first listener whose port another program has. */
export async function checkPorts(
  compiler: Compiler,
  ports: Readonly<Record<string, number>>,
  directory: string,
): Promise<void> {
  const ours = await envoysListeners(directory);
  for (const [, { address, port, quic }] of compiler.declared.listeners.listeners.entries()) {
    const real = ports[String(port)] ?? port;
    if (ours.includes(`:${real}\n`) || !(await (quic ? isTakenForUdp : isTaken)(address, real))) continue;
    const where = real === port ? `port ${port}` : `port ${real}, where --port puts ${port},`;
    throw new CannotRun(`${where} is taken by another program: put the listener elsewhere with --port ${port}:LOCAL.`);
  }
}

/** A control plane that was started again finds its own Envoy listening. */
async function envoysListeners(directory: string): Promise<string> {
  try {
    return (await openAdminClient(runtimeDirectoryAt(directory).envoyAdminSocket).get("/listeners")).body;
  } catch (error) {
    if (isAbsent(error)) return "";
    throw error;
  }
}

async function isTaken(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return false;
  } catch (error) {
    return saysTaken(error);
  } finally {
    server.close();
  }
}

async function isTakenForUdp(address: string, port: number): Promise<boolean> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, "listening");
    return false;
  } catch (error) {
    return saysTaken(error);
  } finally {
    socket.close();
  }
}

/** Whatever else is wrong with a port, the compiler or Envoy says it better. */
function saysTaken(error: unknown): boolean {
  return errorCode(error) === "EADDRINUSE";
}

/** What a port that somebody else has taken means to whoever chose it by these flags; any other failure as it is. */
export function explainTaken(error: unknown, flags: string): unknown {
  if (!(error instanceof Error && "port" in error && saysTaken(error))) return error;
  return new CannotRun(`port ${error.port} is taken by another program; choose another ${flags} than that.`);
}
