/**
 * The real helm on a test's cluster, with nothing of the developer's own configuration.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Cluster } from "./cluster.ts";
import { helmProgram } from "./programs.ts";

/** The chart. */
export const chart = join(import.meta.dirname, "..", "..", "charts", "dragoman");

/** The path of a values file of a user. */
export const valuesFile = (name: string): string => join(import.meta.dirname, "values", `${name}.yaml`);

/** What helm printed; throws with its own words when it fails. */
export type Helm = (...args: readonly string[]) => Promise<string>;

/** Helm, as the cluster's administrator. */
export async function openHelm({ kubeconfig, directory }: Pick<Cluster, "kubeconfig" | "directory">): Promise<Helm> {
  const program = await helmProgram();
  const env = {
    KUBECONFIG: kubeconfig,
    HOME: directory,
    HELM_CACHE_HOME: join(directory, "helm", "cache"),
    HELM_CONFIG_HOME: join(directory, "helm", "config"),
    HELM_DATA_HOME: join(directory, "helm", "data"),
  };
  return (...args) =>
    new Promise((resolve, reject) => {
      execFile(program, args, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`helm ${args.join(" ")}: ${stderr.trim() || error.message}`));
        else resolve(stdout);
      });
    });
}

/** The part of helm's report that a user reads. */
export function notesOf(report: string): string {
  return report.slice(report.indexOf("NOTES:\n") + "NOTES:\n".length);
}
