/**
 * The way to the API server for a pod: its service account's mounted files, and the address in its environment, which
 * is taken word for word, because it may be a name and not an IP address.
 */
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { type Access, AccessUnavailable } from "./access.ts";
import { cachedFile, readText } from "./cached-file.ts";

/** Where a service account is mounted. */
const serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Whether this process runs in a pod that may ask the API server. */
export function isInCluster(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env["KUBERNETES_SERVICE_HOST"] && env["KUBERNETES_SERVICE_PORT"]);
}

/** The access of a pod; rejects with {@link AccessUnavailable}. */
export async function inClusterAccess(env: NodeJS.ProcessEnv, directory = serviceAccountDirectory): Promise<Access> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) {
    throw new AccessUnavailable("this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set.");
  }
  const token = cachedFile(join(directory, "token"), "the service account's token");
  const ca = cachedFile(join(directory, "ca.crt"), "the API server's certificate authority");
  const current = async () => ({ authorization: `Bearer ${(await token.text()).trim()}`, ca: await ca.text() });
  await current();
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: (await readText(join(directory, "namespace"), "the pod's namespace")).trim(),
    credentials: {
      current,
      refused() {
        token.drop();
        ca.drop();
      },
    },
  };
}
