/** What keeps one caller from taking the admin interface from all others. */
import type { Server, ServerResponse } from "node:http";

const maxConnections = 500;
const maxConnectionsOfOne = 64;
const silenceMs = 60_000;

/** Who connects and says nothing, or asks slowly, is sent away. */
export const patience = { headersTimeout: 5_000, requestTimeout: 20_000, connectionsCheckingInterval: 1_000 };

/** Bounds connections, all in all and of one address: Envoy, which anybody can make ask for probes, has one too. */
export function limitConnections(server: Server): void {
  const open = new Map<string, number>();
  server.maxConnections = maxConnections;
  // Nobody keeps an answer waiting in memory by not reading it.
  server.timeout = silenceMs;
  server.on("connection", (socket) => {
    const from = socket.remoteAddress ?? "";
    const count = (open.get(from) ?? 0) + 1;
    open.set(from, count);
    socket.once("close", () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left === 0) open.delete(from);
      else open.set(from, left);
    });
    if (count > maxConnectionsOfOne) socket.destroy();
  });
}

/** Counts answers under way by path. */
export interface Turns {
  /** Whether there is one more at a time; if so, it lasts until the response is closed. */
  take(path: string, response: ServerResponse): boolean;
}

/** `atOnce` are the most at a time, by path; other paths have no bound. */
export function createTurns(atOnce: Readonly<Record<string, number>>): Turns {
  const under = new Map<string, number>();
  return {
    take(path, response) {
      const most = atOnce[path];
      if (most === undefined) return true;
      const count = under.get(path) ?? 0;
      if (count >= most) return false;
      under.set(path, count + 1);
      response.once("close", () => under.set(path, (under.get(path) ?? 1) - 1));
      return true;
    },
  };
}
