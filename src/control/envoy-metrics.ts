/**
 * Envoy's own figures in Prometheus' text form, asked over its admin socket, so that one scrape shows everything as it
 * did in the old system.
 */
import { askEnvoy } from "./envoy-admin.ts";

/** The page; a comment when Envoy does not answer. */
export async function envoyMetrics(socketPath: string): Promise<string> {
  try {
    return await askEnvoy(socketPath, "GET", "/stats/prometheus");
  } catch (error) {
    return `# Envoy does not answer: ${error instanceof Error ? error.message.replaceAll("\n", " ") : ""}\n`;
  }
}
