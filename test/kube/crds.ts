/**
 * Installs Dragoman's kinds into a test's cluster, as a user does: the chart's definitions, with kubectl.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

const directory = join(import.meta.dirname, "..", "..", "charts", "dragoman", "crds");

/** Returns when every kind can be used: an established one answers "too many requests" for a moment. */
export async function installCrds(cluster: Pick<Cluster, "kubectl" | "ask">): Promise<void> {
  await cluster.kubectl(["apply", "-f", directory]);
  for (const file of readdirSync(directory)) {
    const [plural = ""] = file.split(".");
    for (let delay = 10; (await statusOf(cluster, plural)) !== 200; delay = Math.min(200, delay * 2))
      await pause(delay);
  }
}

async function statusOf(cluster: Pick<Cluster, "ask">, plural: string): Promise<number> {
  const { status, body } = await cluster.ask("GET", `/apis/getambassador.io/v3alpha1/${plural}?limit=1`);
  if (![200, 404, 429, 503].includes(status)) throw new Error(`${plural}: ${status} ${JSON.stringify(body)}`);
  return status;
}
