/**
 * `make kube`: a cluster for a developer, with Dragoman's kinds installed, until Ctrl-C.
 */
import { once } from "node:events";
import { join } from "node:path";
import { startCluster } from "./cluster.ts";

const crds = join(import.meta.dirname, "..", "..", "charts", "dragoman", "crds");

const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
const cluster = await startCluster();
try {
  await cluster.kubectl(["apply", "--server-side", "-f", crds]);
  console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
  console.error(`kube-apiserver answers on ${cluster.server}; Ctrl-C ends it and forgets everything.`);
  await interrupted;
} finally {
  await cluster.stop();
}
