/**
 * `make kube`: a cluster for a developer, with Dragoman's kinds installed, until Ctrl-C.
 */
import { once } from "node:events";
import { startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";

const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
const cluster = await startCluster();
try {
  await installCrds(cluster);
  console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
  console.error(`kube-apiserver answers on ${cluster.server}; Ctrl-C ends it and forgets everything.`);
  await interrupted;
} finally {
  await cluster.stop();
}
