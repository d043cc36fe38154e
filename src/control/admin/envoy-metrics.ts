/**
 * Envoy's own figures in Prometheus' text form, asked over its admin socket, so that one scrape shows everything as it
 * did in the old system. Beyond a number of clusters, only those that have figures are asked for, and the series of the
 * least used ones are added up as one.
 */
import { askEnvoy } from "../envoy/admin.ts";
import { createClusterLimit } from "./cluster-limit.ts";

/** Gives the page; a comment when Envoy does not answer. */
export type EnvoyMetrics = () => Promise<string>;

/** What to ask, and how much of it is shown. */
export interface EnvoyMetricsOptions {
  readonly socketPath: string;
  /** The most clusters that have series of their own. */
  readonly maxClusters: number;
  /** How many clusters Envoy has. */
  clusters(): number;
}

const timeoutMs = 15_000;
const maxBytes = 64 * 1024 * 1024;

/** Opens the page. Whoever asks while it is being made gets the same one. */
export function openEnvoyMetrics({ socketPath, maxClusters, clusters }: EnvoyMetricsOptions): EnvoyMetrics {
  const limit = createClusterLimit(maxClusters);
  let making: Promise<string> | undefined;

  async function make(): Promise<string> {
    const isLarge = clusters() > maxClusters;
    const path = isLarge ? "/stats/prometheus?usedonly" : "/stats/prometheus";
    const page = await askEnvoy(socketPath, "GET", path, { timeoutMs, maxBytes });
    return isLarge ? limit(page) : page;
  }

  return () => {
    making ??= make()
      .catch((error: unknown) => {
        return `# Envoy does not answer: ${error instanceof Error ? error.message.replaceAll("\n", " ") : ""}\n`;
      })
      .finally(() => {
        making = undefined;
      });
    return making;
  };
}
