/** What a reflector makes of a real API server: lists, watches, lost history, lost permissions, lost servers. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { type Client, openClient } from "../../src/control/kube/client.ts";
import { NoAnswer } from "../../src/control/kube/failure.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import type { ApiResource } from "../../src/control/kube/resource.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { mirror } from "./mirror.ts";

let cluster: Cluster;
let admin: Client;

before(async () => {
  cluster = await startCluster();
  await cluster.kubectl(["create", "clusterrole", "maps", "--verb=get,list,watch", "--resource=configmaps"]);
  admin = openClient(await kubeconfigAccess({ file: cluster.kubeconfig, env: {} }));
});
after(async () => {
  await admin.close();
  await cluster.stop();
});

const configMaps: ApiResource = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };

const put = (name: string, value: string, client = admin) =>
  client.ask({
    method: "PATCH",
    path: `/api/v1/namespaces/default/configmaps/${name}`,
    query: { fieldManager: "test", force: true },
    contentType: "application/apply-patch+yaml",
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } },
    attempts: 10,
  });
const remove = (name: string) =>
  admin.ask({ method: "DELETE", path: `/api/v1/namespaces/default/configmaps/${name}`, attempts: 10 });

test("objects that are there, appear, change and go", async () => {
  await put("first", "1");
  const seen = mirror(admin, [configMaps], "default");
  await seen.until(() => seen.states.at(-1) === "following");
  assert.deepEqual(seen.copy.get("default/first"), { value: "1" });
  await put("first", "2");
  await put("second", "1");
  await seen.until(() => seen.copy.has("default/second"));
  assert.deepEqual(seen.copy.get("default/first"), { value: "2" });
  await remove("first");
  await seen.until(() => !seen.copy.has("default/first"));
  await seen.stop();
  assert.deepEqual(seen.states, ["following"]);
});

test("a server that is away and comes back: nothing is forgotten, and what changed meanwhile is seen", async () => {
  await put("kept", "1");
  await put("gone", "1");
  const seen = mirror(admin, [configMaps], "default");
  await seen.until(() => seen.copy.has("default/gone"));
  const other = openClient(await kubeconfigAccess({ file: cluster.kubeconfig, env: {} }));
  await cluster.killApiServer();
  await seen.until(() => seen.states.at(-1) === "failing");
  assert.ok(seen.copy.has("default/kept"));
  await cluster.restartApiServer();
  await put("kept", "2", other);
  await remove("gone");
  await seen.until(() => !seen.copy.has("default/gone"));
  assert.deepEqual(seen.copy.get("default/kept"), { value: "2" });
  await seen.stop();
  await other.close();
});

/** The same client, which can be cut off from the server; counts the lists that it asks for. */
function severable(client: Client) {
  const state = { isCut: false, lists: 0 };
  const stream: Client["stream"] = async (request) => {
    if (state.isCut) throw new NoAnswer("cut off");
    if (request.query?.["sendInitialEvents"] === true) state.lists++;
    return client.stream(request);
  };
  return { state, client: { ...client, stream } };
}

test("history that etcd has forgotten: the list is made again and compared", async () => {
  await put("old", "1");
  await put("doomed", "1");
  const { state, client } = severable(admin);
  const seen = mirror(client, [configMaps], "default");
  await seen.until(() => seen.copy.has("default/doomed"));
  state.isCut = true;
  await cluster.killApiServer();
  await seen.until(() => seen.states.at(-1) === "failing");
  await cluster.restartApiServer();
  await remove("doomed");
  await put("old", "2");
  await cluster.compact();
  // What the API server itself still remembers ends with it.
  await cluster.killApiServer();
  await cluster.restartApiServer();
  state.isCut = false;
  await seen.until(() => !seen.copy.has("default/doomed"));
  assert.deepEqual(seen.copy.get("default/old"), { value: "2" });
  assert.equal(state.lists, 2);
  await seen.stop();
});

const widgets: ApiResource = {
  group: "example.com",
  version: "v1",
  plural: "widgets",
  kind: "Widget",
  namespaced: true,
};
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "one" }, spec: { size: 1 } };

test("a kind that is not installed is picked up when it is, in the version that there is, and again when it returns", async () => {
  const newer = { ...widgets, version: "v2" };
  const seen = mirror(admin, [newer, widgets]);
  await seen.until(() => seen.states.at(-1) === "absent");
  const install = async () => {
    await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(definition) });
    await cluster.kubectl(["wait", "--for=condition=Established", "crd/widgets.example.com"]);
    await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(widget) });
  };
  await install();
  await seen.until(() => seen.copy.has("default/one"));
  assert.equal(seen.states.at(-1), "following");
  await cluster.kubectl(["delete", "crd/widgets.example.com"]);
  await seen.until(() => seen.copy.size === 0);
  await seen.until(() => seen.states.at(-1) === "absent");
  await install();
  await seen.until(() => seen.copy.has("default/one"));
  await seen.stop();
});

test("a kind that is stored in an older version, and a webhook that is down: it is read as it is stored", async () => {
  const schema = definition.spec.versions[0]?.schema;
  const versions = ["v1", "v2"].map((name) => ({ name, served: true, storage: name === "v1", schema }));
  const clientConfig = { service: { namespace: "default", name: "nobody" } };
  const conversion = { strategy: "Webhook", webhook: { conversionReviewVersions: ["v1"], clientConfig } };
  await cluster.apply({ ...definition, spec: { ...definition.spec, versions, conversion } });
  await cluster.kubectl(["wait", "--for=condition=Established", "crd/widgets.example.com"]);
  await cluster.apply({ ...widget, metadata: { name: "stored" } });
  const newer = { ...widgets, version: "v2" };
  const seen = mirror(admin, [newer, widgets, { ...widgets, version: "v0" }]);
  await seen.until(() => seen.copy.has("default/stored"));
  await cluster.apply({ ...widget, metadata: { name: "later" } });
  await seen.until(() => seen.copy.has("default/later"));
  await seen.stop();
  assert.deepEqual(seen.states, ["following"]);
  const unlucky = mirror(admin, [newer, { ...widgets, version: "v0" }]);
  await unlucky.until(() => unlucky.states.length > 0);
  await unlucky.stop();
  assert.deepEqual(unlucky.states, ["failing"]);
});

test("a permission that is missing, granted, and revoked: what was seen stays", async () => {
  const account = await cluster.serviceAccount("default", "watcher");
  const file = await cluster.writeKubeconfig("watcher", { token: cluster.token(account) });
  const client = openClient(await kubeconfigAccess({ file, env: {} }));
  await put("visible", "1");
  const seen = mirror(client, [configMaps]);
  await seen.until(() => seen.states.at(-1) === "forbidden");
  await cluster.kubectl([
    "create",
    "clusterrolebinding",
    "maps",
    "--clusterrole=maps",
    "--serviceaccount=default:watcher",
  ]);
  await seen.until(() => seen.states.at(-1) === "following");
  assert.ok(seen.copy.has("default/visible"));
  await cluster.kubectl(["delete", "clusterrolebinding", "maps"]);
  await cluster.killApiServer();
  await cluster.restartApiServer();
  await seen.until(() => seen.states.at(-1) === "forbidden");
  assert.ok(seen.copy.has("default/visible"));
  await seen.stop();
  await client.close();
});

test("a token that expires: the file is read again", async () => {
  const account = await cluster.serviceAccount("default", "short-lived", ["maps"]);
  const tokenFile = `${cluster.directory}/short-lived.token`;
  await writeFile(tokenFile, cluster.token(account, -3600), { mode: 0o600 });
  const file = await cluster.writeKubeconfig("short-lived", { tokenFile: "short-lived.token" });
  const client = openClient(await kubeconfigAccess({ file, env: {} }));
  const seen = mirror(client, [configMaps], "default");
  await seen.until(() => seen.states.at(-1) === "failing");
  await writeFile(tokenFile, cluster.token(account), { mode: 0o600 });
  await seen.until(() => seen.states.at(-1) === "following");
  await seen.stop();
  await client.close();
});
