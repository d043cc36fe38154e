/**
 * The door of this room for callers who want a cluster and do not mind where its address stands.
 */
import type { Access } from "./access.ts";
import { inClusterAccess, isInCluster } from "./in-cluster.ts";
import { type KubeconfigOptions, kubeconfigAccess } from "./kubeconfig.ts";

export { type Access, AccessUnavailable } from "./access.ts";
export { isInCluster };

/** The pod's own cluster where this is a pod and no file or context is asked for, else what kubeconfig files say. */
export function findAccess(options: KubeconfigOptions): Promise<Access> {
  const { file, context, env } = options;
  const asked = file !== undefined || context !== undefined || Boolean(env["KUBECONFIG"]);
  return !asked && isInCluster(env) ? inClusterAccess(env) : kubeconfigAccess(options);
}
