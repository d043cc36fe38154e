/**
 * Which objects are looked at: kinds that are installed while the product runs, and instances that look at a part of a
 * cluster, by identity, by namespace or by label.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { openMaterial } from "../envoy/material.ts";
import { type Backend, serviceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const material = openMaterial();
let cluster: Cluster;
let backend: Backend;
let other: Backend;
let gateway: Gateway | undefined;

const custom = (kind: string, name: string, namespace: string, spec: object, labels = {}) => ({
  apiVersion: "getambassador.io/v3alpha1",
  kind,
  metadata: { name, namespace, labels },
  spec,
});
const route = { requestPolicy: { insecure: { action: "Route" } } };
const mapping = (name: string, namespace = "default", more: object = {}, labels = {}) =>
  custom("Mapping", name, namespace, { hostname: "*", prefix: `/${name}/`, service: "quote", ...more }, labels);

before(async () => {
  cluster = await startCluster();
  [backend, other] = await Promise.all([startBackend("it"), startBackend("other")]);
  await cluster.kubectl(["create", "namespace", "own"]);
  await cluster.apply(...serviceOf("quote", backend), ...serviceOf("quote", other, "own"));
});
after(async () => {
  gateway?.program.kill();
  await Promise.all([backend?.close(), other?.close()]);
  await cluster?.stop();
});

/** One at a time is enough. */
async function restart(environment: NodeJS.ProcessEnv, kubeconfig = cluster.kubeconfig): Promise<Gateway> {
  await gateway?.program.interrupt();
  gateway = await startGateway(kubeconfig, environment);
  return gateway;
}

test("kinds that are not installed, then are: no restart", async () => {
  const annotation = JSON.stringify({
    apiVersion: "ambassador/v1",
    kind: "Mapping",
    name: "annotated",
    prefix: "/annotated/",
    service: "quote",
  });
  await cluster.kubectl(["annotate", "service", "quote", `getambassador.io/config=${annotation}`]);
  const { until, get, program } = await restart({});
  assert.equal(await get("/annotated/x"), "it /x");
  await program.said(/looked for again, as they are not installed: .*mappings\.getambassador\.io/);
  await installCrds(cluster);
  await cluster.apply(custom("Host", "all", "default", { hostname: "*", ...route }), mapping("custom"));
  await until("/custom/x", "it /x");
  assert.equal(await get("/annotated/x"), "it /x");
  await program.said(/ mappings\.getambassador\.io is installed now/);
  assert.doesNotMatch(program.output(), /has ended/);
});

test("AMBASSADOR_ID: objects for this instance, and no others", async () => {
  await cluster.apply(
    custom("Host", "inner", "default", { hostname: "*", ambassador_id: ["inner"], ...route }),
    mapping("inner", "default", { ambassador_id: ["inner"] }),
    mapping("both", "default", { ambassador_id: ["inner", "default"] }),
  );
  await gateway?.until("/both/x", "it /x");
  assert.equal(await gateway?.get("/inner/x"), "404");
  const { get } = await restart({ AMBASSADOR_ID: "inner" });
  assert.equal(await get("/inner/x"), "it /x");
  assert.equal(await get("/both/x"), "it /x");
  assert.equal(await get("/custom/x"), "404");
});

test("AMBASSADOR_SINGLE_NAMESPACE: its own namespace, and no right to see another", async () => {
  await cluster.apply(custom("Host", "all", "own", { hostname: "*", ...route }), mapping("single", "own"));
  await cluster.serviceAccount("own", "gateway");
  const grant = ["--clusterrole=cluster-admin", "--serviceaccount=own:gateway", "--namespace=own"];
  await cluster.kubectl(["create", "rolebinding", "gateway", ...grant]);
  const account = await cluster.serviceAccount("own", "gateway");
  const kubeconfig = await cluster.writeKubeconfig("own", { token: cluster.token(account) });
  const environment = { AMBASSADOR_NAMESPACE: "own", AMBASSADOR_SINGLE_NAMESPACE: "true" };
  const { get, until, program } = await restart(environment, kubeconfig);
  assert.equal(await get("/single/x"), "other /x");
  assert.equal(await get("/custom/x"), "404");
  await cluster.apply(mapping("not-here"), mapping("here", "own"));
  await until("/here/x", "other /x");
  assert.equal(await get("/not-here/x"), "404");
  assert.doesNotMatch(program.output(), /may not be listed/);
});

test("AMBASSADOR_LABEL_SELECTOR: objects with these labels, until they lose them", async () => {
  const labels = { tier: "edge" };
  const labelled = serviceOf("labelled", backend).map((object) => {
    const { metadata } = object as { metadata: { labels?: object } };
    return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
  });
  const edge = mapping("edge", "default", { service: "labelled" }, labels);
  await cluster.apply(custom("Host", "edge", "default", { hostname: "*", ...route }, labels), ...labelled, edge);
  const { get, until } = await restart({ AMBASSADOR_LABEL_SELECTOR: "tier=edge" });
  assert.equal(await get("/edge/x"), "it /x");
  assert.equal(await get("/custom/x"), "404");
  await cluster.kubectl(["label", "mapping", "edge", "tier-"]);
  await until("/edge/x", "404");
  await cluster.kubectl(["label", "mapping", "custom", "tier=edge"]);
  await cluster.kubectl(["patch", "mapping", "custom", "--type=merge", "-p", '{"spec":{"service":"labelled"}}']);
  await until("/custom/x", "it /x");
});

test("AMBASSADOR_FIELD_SELECTOR: objects with these names, in these namespaces", async () => {
  const { get, until } = await restart({ AMBASSADOR_FIELD_SELECTOR: "metadata.namespace!=own, metadata.name!=both" });
  assert.equal(await get("/custom/x"), "it /x");
  assert.equal(await get("/both/x"), "404");
  assert.equal(await get("/single/x"), "404");
  await cluster.apply(mapping("elsewhere", "own"), mapping("selected"));
  await until("/selected/x", "it /x");
  assert.equal(await get("/elsewhere/x"), "404");
});

const secret = (name: string, namespace: string) => {
  const { certificate, key } = material.certificate(`${name}:${name}.example.com`);
  const stringData = { "tls.crt": certificate, "tls.key": key };
  return { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name, namespace }, stringData };
};
const host = (name: string, namespace: string) =>
  custom("Host", name, namespace, { hostname: `${name}.example.com`, tlsSecret: { name }, ...route });

test("AMBASSADOR_CERTS_SINGLE_NAMESPACE: Secrets of its own namespace only", async () => {
  await cluster.apply(secret("near", "default"), host("near", "default"), secret("far", "own"), host("far", "own"));
  const all = await restart({});
  assert.equal(await subjectAt(all, "near.example.com"), "DNS:near.example.com");
  assert.equal(await subjectAt(all, "far.example.com"), "DNS:far.example.com");
  const own = await restart({ AMBASSADOR_CERTS_SINGLE_NAMESPACE: "true" });
  assert.equal(await subjectAt(own, "near.example.com"), "DNS:near.example.com");
  assert.notEqual(await subjectAt(own, "far.example.com"), "DNS:far.example.com");
  await own.program.said(/Host own\/far .*\.spec\.tlsSecret/);
});

test("AMBASSADOR_UPDATE_MAPPING_STATUS: Mappings that are well say so, and nothing without it", async () => {
  await cluster.apply(mapping("told"));
  const state = ["get", "mapping", "told", "-o", "jsonpath={.status.state}"];
  const until = async (wanted: string): Promise<void> => {
    const start = performance.now();
    while ((await cluster.kubectl(state)) !== wanted) {
      assert.ok(performance.now() - start < 30_000, gateway?.program.output());
      await pause(50);
    }
  };
  await gateway?.until("/told/x", "it /x");
  await until("");
  await restart({ AMBASSADOR_UPDATE_MAPPING_STATUS: "true" });
  await until("Running");
});

test("Secrets that may be listed and watched, but not got: one that a Host finds later is served", async () => {
  const rules = [
    { apiGroups: ["getambassador.io", "discovery.k8s.io", "networking.k8s.io"], resources: ["*"], verbs: ["*"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["*"] },
    { apiGroups: [""], resources: ["services", "configmaps", "namespaces", "events"], verbs: ["*"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["list", "watch"] },
  ];
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "lists" }, rules };
  await cluster.apply(role);
  const account = await cluster.serviceAccount("default", "lists", ["lists"]);
  const kubeconfig = await cluster.writeKubeconfig("lists", { token: cluster.token(account) });
  const gateway = await restart({}, kubeconfig);
  const without = await gateway.metric("dragoman_secrets_without_data");
  await cluster.apply(secret("listed", "default"));
  await gateway.untilMetric("dragoman_secrets_without_data", "", without + 1);
  await cluster.apply(host("listed", "default"));
  while ((await subjectAt(gateway, "listed.example.com")) !== "DNS:listed.example.com") await pause(20);
  assert.doesNotMatch(gateway.program.output(), /Secret default\/listed/);
});

/** For which names a client is shown a certificate, or why it is shown none. */
async function subjectAt({ https }: Gateway, servername: string): Promise<string | undefined> {
  const socket = connect({ host: "127.0.0.1", port: https, servername, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerX509Certificate()?.subjectAltName;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    socket.destroy();
  }
}
