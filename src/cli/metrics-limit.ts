/** How many clusters have metrics of their own, from the environment. */
import { CannotRun } from "./cannot-run.ts";

/** What is scraped every few seconds must not grow with the number of Mappings without an end. */
const usual = 500;

/** The number; fails with one sentence. */
export function maxMetricsClusters({ DRAGOMAN_METRICS_CLUSTERS: text }: NodeJS.ProcessEnv): number {
  if (!text) return usual;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new CannotRun(`DRAGOMAN_METRICS_CLUSTERS: "${text}" is not a number.`);
}
