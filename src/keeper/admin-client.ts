/**
 * Asks Envoy's admin interface over its unix socket.
 */

import { request } from "node:http";
import { errorCode } from "#base/error-code.ts";

/** An answer of Envoy's admin interface. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

/** Envoy's admin interface, as far as it is used. */
export interface AdminClient {
  get(path: string): Promise<AdminAnswer>;
  post(path: string): Promise<AdminAnswer>;
  /** Whether Envoy serves: initialised, and not failing health checks on purpose. */
  isReady(): Promise<boolean>;
  /** The values of the counters and gauges whose names match. */
  stats(filter: string): Promise<ReadonlyMap<string, number>>;
}

const timeoutMs = 10_000;

/** Opens no connection until it is asked. */
export function openAdminClient(socketPath: string): AdminClient {
  const get = (path: string) => ask(socketPath, "GET", path);
  return {
    get,
    post: (path) => ask(socketPath, "POST", path),
    async isReady() {
      try {
        return (await get("/ready")).status === 200;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    },
    async stats(filter) {
      const { body } = await get(`/stats?filter=${encodeURIComponent(filter)}`);
      return new Map([...body.matchAll(/^(.*): (\d+)$/gm)].map(([, name = "", value]) => [name, Number(value)]));
    },
  };
}

/** Whether nobody listens on a socket: Envoy has not started yet, or has ended. */
export function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ECONNREFUSED" || code === "ECONNRESET" || code === "EPIPE";
}

function ask(socketPath: string, method: string, path: string): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method, agent: false, timeout: timeoutMs }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`Envoy's admin interface gave no answer to ${path}`)));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
