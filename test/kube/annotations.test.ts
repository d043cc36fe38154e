/**
 * An installation as it was in 2018: no custom resources, a role for Services, ConfigMaps and Secrets only, and
 * Mappings of version v0 in the annotations of Services, which are reached by their cluster addresses.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Backend, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { type Gateway, startGateway } from "./gateway.ts";

let cluster: Cluster;
let backend: Backend;
let gateway: Gateway;

const role = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "ambassador" },
  rules: [{ apiGroups: [""], resources: ["services", "configmaps", "secrets"], verbs: ["get", "list", "watch"] }],
};

const service = (prefix: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "qotm",
    namespace: "default",
    annotations: {
      "getambassador.io/config": `---
apiVersion: ambassador/v0
kind: Mapping
name: qotm_mapping
prefix: ${prefix}
service: qotm:${backend.port}
`,
    },
  },
  // Nobody gives it an address here, which does not concern what it says.
  spec: {
    type: "LoadBalancer",
    clusterIP: backend.address,
    ports: [{ port: backend.port }],
    selector: { app: "qotm" },
  },
});

/** More than a page of them, before the one that counts. */
const many = Array.from({ length: 120 }, (_, i) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: `a-${i}`, namespace: "default" },
  spec: { clusterIP: "None", ports: [{ port: 80 }] },
}));

before(async () => {
  // Servers of then do not stream lists, so that they are asked for pages.
  const old = "--feature-gates=WatchList=false";
  cluster = await startCluster({ apiServerFlags: ["--service-cluster-ip-range=198.19.0.0/16", old] });
  backend = await startBackend("qotm", "198.19");
  await cluster.apply(role, ...many, service("/qotm/"));
  const account = await cluster.serviceAccount("default", "ambassador", ["ambassador"]);
  const kubeconfig = await cluster.writeKubeconfig("ambassador", { token: cluster.token(account) });
  gateway = await startGateway(kubeconfig);
});
after(async () => {
  gateway?.program.kill();
  await backend?.close();
  await cluster?.stop();
});

test("the server does not stream lists", async () => {
  const query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  assert.equal((await cluster.ask("GET", `/api/v1/services?${query}&timeoutSeconds=1`)).status, 422);
});

test("a Mapping in a Service's annotation routes, and follows the annotation", async () => {
  assert.equal(await gateway.get("/qotm/x"), "qotm /x");
  await cluster.apply(service("/quote/"));
  await gateway.until("/quote/x", "qotm /x");
  await gateway.until("/qotm/x", "404");
  const address = ["get", "service", "qotm", "-o", "jsonpath={.status.loadBalancer}"];
  assert.equal(await cluster.kubectl(address), "{}");
});

test("what is not permitted is told, and hinders nothing", async () => {
  await gateway.program.said(/these may not be listed and watched: .*endpointslices\.discovery\.k8s\.io, .*endpoints/);
  await gateway.program.said(/statuses and events are not written: configmaps is forbidden/);
});
