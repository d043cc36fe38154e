/** One question to Envoy's admin interface over its unix socket. */
import { request } from "node:http";

const timeoutMs = 5_000;

/** The body of a good answer; anything else rejects. */
export function askEnvoy(socketPath: string, method: "GET" | "POST", path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method, agent: false, timeout: timeoutMs }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        if (incoming.statusCode === 200) resolve(body);
        else reject(new Error(`Envoy answers ${incoming.statusCode}: ${body.trim().slice(0, 200)}`));
      });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
