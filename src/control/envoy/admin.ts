/** Questions to Envoy's admin interface over its unix socket. */
import { request } from "node:http";

/** How long to wait, and how much to take. */
export interface AskLimits {
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** The body of a good answer; anything else rejects. */
export async function askEnvoy(
  socketPath: string,
  method: "GET" | "POST",
  path: string,
  limits: AskLimits = {},
): Promise<string> {
  const { status, body } = await ask(socketPath, method, path, limits);
  if (status !== 200) throw new Error(`Envoy answers ${status}: ${body.trim().slice(0, 200)}`);
  return body;
}

/** 200 when Envoy says that it serves, another status when it says that it does not. */
export async function envoyState(socketPath: string): Promise<number> {
  return (await ask(socketPath, "GET", "/ready", {})).status;
}

/** Seconds since it was started; undefined while it does not answer. */
export async function envoyUptime(socketPath: string): Promise<number | undefined> {
  try {
    const { body } = await ask(socketPath, "GET", "/stats?filter=^server\\.uptime$", {});
    const seconds = /^server\.uptime: (\d+)$/m.exec(body)?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  { timeoutMs = 5_000, maxBytes = 1024 * 1024 }: AskLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method, agent: false, timeout: timeoutMs }, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxBytes) outgoing.destroy(new Error(`more than ${maxBytes} bytes`));
      });
      incoming.on("error", reject);
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
