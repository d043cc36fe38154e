/**
 * Envoy's own figures in Prometheus' text form, asked over its admin socket, so that one scrape shows everything as it
 * did in the old system.
 */
import { request } from "node:http";

const timeoutMs = 5_000;

/** The page; a comment when Envoy does not answer. */
export async function envoyMetrics(socketPath: string): Promise<string> {
  try {
    return await fetchText(socketPath, "/stats/prometheus");
  } catch (error) {
    return `# Envoy does not answer: ${error instanceof Error ? error.message.replaceAll("\n", " ") : ""}\n`;
  }
}

function fetchText(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, agent: false, timeout: timeoutMs }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("timed out")));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
