/** Which cluster a run is about, from flags and the environment. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { ClusterChoice } from "../control/cluster.ts";
import { type Access, AccessUnavailable, findAccess } from "../control/kube/find-access.ts";
import { CannotRun } from "./cannot-run.ts";

/** Flags that name a cluster. */
export interface ClusterFlags {
  readonly kubernetes?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The way to the cluster, or undefined where none is asked for; fails with one sentence where there is no way. */
export async function accessFrom(flags: ClusterFlags, env: NodeJS.ProcessEnv): Promise<Access | undefined> {
  const { kubernetes = false, kubeconfig: file, context } = flags;
  if (!kubernetes && file === undefined && context === undefined) return undefined;
  try {
    return await findAccess({ file, context, env });
  } catch (error) {
    throw error instanceof AccessUnavailable ? new CannotRun(error.message) : error;
  }
}

/** What of the cluster is looked at; the directory is its run's own. */
export function clusterFrom(access: Access, env: NodeJS.ProcessEnv, runtimeDirectory: string): ClusterChoice {
  const { AMBASSADOR_LABEL_SELECTOR: labelSelector } = env;
  const fieldSelector = fieldSelectorFrom(env);
  return {
    access,
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
    updateMappings: env["AMBASSADOR_UPDATE_MAPPING_STATUS"]?.toLowerCase() === "true",
    // Of processes of one run, the next begins when the last is gone, and goes on with its lead.
    identity: `${hostname()}_${runOf(runtimeDirectory, 32)}`,
    replica: replicaFrom(env, runtimeDirectory),
  };
}

/** A run in so many characters: no other run has its directory. */
function runOf(runtimeDirectory: string, length: number): string {
  return createHash("sha256").update(runtimeDirectory).digest("hex").slice(0, length);
}

/** The Pod, where that is said; several runs of one machine are several replicas. */
function replicaFrom({ POD_NAME, POD_UID, POD_NAMESPACE }: NodeJS.ProcessEnv, runtimeDirectory: string) {
  if (!POD_NAME) return { name: `${hostname()}-${runOf(runtimeDirectory, 8)}` };
  return POD_UID && POD_NAMESPACE
    ? { name: POD_NAME, pod: { uid: POD_UID, namespace: POD_NAMESPACE } }
    : { name: POD_NAME };
}

/** Other fields are not known of all kinds, and what the API server refuses for one kind would hold up the start. */
const knownToAll = /^metadata\.(?:name|namespace)(?:==?|!=)[a-z0-9.-]*$/;

/** What is asked of objects' fields; fails with one sentence where not every kind can be asked that. */
export function fieldSelectorFrom({ AMBASSADOR_FIELD_SELECTOR: given = "" }: NodeJS.ProcessEnv): string | undefined {
  const terms = given
    .split(",")
    .map((term) => term.trim())
    .filter((term) => term !== "");
  const odd = terms.find((term) => !knownToAll.test(term));
  if (odd === undefined) return terms.length === 0 ? undefined : terms.join(",");
  const known = "metadata.name and metadata.namespace, with =, == or !=";
  throw new CannotRun(`AMBASSADOR_FIELD_SELECTOR: "${odd}" cannot be asked of every kind; ${known} can.`);
}
