/**
 * An installation as it was in 2018: no custom resources, a role for Services, ConfigMaps and Secrets only, and
 * Mappings of version v0 in the annotations of Services, which are reached by their cluster addresses.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Backend, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";

let cluster: Cluster;
let backend: Backend;
let gateway: Program;
let port: number;

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
  spec: { clusterIP: backend.address, ports: [{ port: backend.port }], selector: { app: "qotm" } },
});

const apply = (...objects: readonly object[]) =>
  cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }) });

before(async () => {
  cluster = await startCluster({ apiServerFlags: ["--service-cluster-ip-range=198.19.0.0/16"] });
  [backend, port] = await Promise.all([startBackend("qotm", "198.19"), freePort()]);
  await apply(role, service("/qotm/"));
  const account = await cluster.serviceAccount("default", "ambassador", ["ambassador"]);
  const kubeconfig = await cluster.writeKubeconfig("ambassador", { token: cluster.token(account) });
  gateway = startProgram(["run", "--kubeconfig", kubeconfig, "--port", `8080:${port}`]);
  await gateway.line(/^ready/);
});
after(async () => {
  gateway?.kill();
  await backend?.close();
  await cluster?.stop();
});

async function get(path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const text = await response.text();
  return response.status === 200 ? text : String(response.status);
}

async function until(path: string, wanted: string): Promise<void> {
  const start = performance.now();
  for (let seen = ""; seen !== wanted; seen = await get(path)) {
    if (performance.now() - start > 20_000) assert.fail(`${path} is still ${seen}\n${gateway.output()}`);
    await pause(10);
  }
}

test("a Mapping in a Service's annotation routes, and follows the annotation", async () => {
  assert.equal(await get("/qotm/x"), "qotm /x");
  await apply(service("/quote/"));
  await until("/quote/x", "qotm /x");
  await until("/qotm/x", "404");
});

test("what is not permitted is told, and hinders nothing", async () => {
  await gateway.said(/these may not be listed and watched: .*endpointslices\.discovery\.k8s\.io, .*endpoints/);
  await gateway.said(/statuses and events are not written: configmaps is forbidden/);
});
