/**
 * Ports for Envoy's listeners, which are named before Envoy binds them.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

// Below the range from which the kernel takes ports for outgoing connections: one of those could take the port between
// this probe and Envoy's own bind.
const lowest = 15_000;
const highest = 31_000;
let next = lowest + ((process.pid * 97) % (highest - lowest));

/** A port on 127.0.0.1 that nothing listens on, neither with TCP nor with UDP, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = next + 1 < highest ? next + 1 : lowest;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await isFreeForTcp(port)) && (await isFreeForUdp(port));
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  socket.bind(port, "127.0.0.1");
  try {
    await once(socket, "listening");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  } finally {
    socket.close();
  }
}

async function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  }
  const closed = once(server, "close");
  server.close();
  await closed;
  return true;
}
