/**
 * The harness itself: who may do what in a test's cluster, an outage of its API server, and that nothing stays behind.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { pidsOf, until } from "../processes/running.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { KubectlFailed } from "./kubectl.ts";

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
});

after(() => cluster.stop());

test("the administrator's kubeconfig is for this user's eyes and says which version runs", async () => {
  assert.equal(statSync(cluster.kubeconfig).mode & 0o777, 0o600);
  assert.match(await cluster.kubectl(["version"]), /^Server Version: v1\.36\./m);
});

test("a service account may do what its ClusterRole says, and nothing else", async () => {
  const stdin = JSON.stringify({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "reads-services" },
    rules: [{ apiGroups: [""], resources: ["services"], verbs: ["get", "list", "watch"] }],
  });
  await cluster.kubectl(["apply", "-f", "-"], { stdin });
  const account = await cluster.serviceAccount("gateway", "dragoman", ["reads-services"]);
  const kubeconfig = await cluster.writeKubeconfig("dragoman", { token: cluster.token(account) }, "gateway");
  assert.match(await cluster.kubectl(["get", "services", "-A"], { kubeconfig }), /kubernetes/);
  await assert.rejects(
    cluster.kubectl(["get", "secrets", "-A"], { kubeconfig }),
    (error: unknown) => error instanceof KubectlFailed && /cannot list resource "secrets"/.test(error.stderr),
  );
});

test("a token that has expired is refused", async () => {
  const account = await cluster.serviceAccount("gateway", "late");
  const kubeconfig = await cluster.writeKubeconfig("late", { token: cluster.token(account, -600) });
  await assert.rejects(cluster.kubectl(["auth", "whoami"], { kubeconfig }), /Unauthorized/);
});

test("a client certificate names a user and groups", async () => {
  const kubeconfig = await cluster.writeKubeconfig("jane", cluster.userCertificate("jane", ["shop", "ops"]));
  const [name, ...groups] = (
    await cluster.kubectl(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username} {.status.userInfo.groups}"], {
      kubeconfig,
    })
  ).split(" ");
  assert.equal(name, "jane");
  assert.deepEqual(JSON.parse(groups.join(" ")), ["shop", "ops", "system:authenticated"]);
});

test("after an outage the API server has the same address and remembers everything", async () => {
  await cluster.kubectl(["create", "namespace", "remembered"]);
  await cluster.killApiServer();
  await assert.rejects(cluster.kubectl(["get", "namespaces"]), /refused/);
  await cluster.restartApiServer();
  assert.match(await cluster.kubectl(["get", "namespaces"]), /^remembered /m);
});

test("what etcd has forgotten is gone after a restart: the next page of an old list gets 410", async () => {
  const page = JSON.parse(await cluster.kubectl(["get", "--raw", "/api/v1/namespaces?limit=1"])) as {
    metadata: { continue: string };
  };
  await cluster.kubectl(["create", "namespace", "newer"]);
  await cluster.compact();
  await cluster.restartApiServer();
  const next = `/api/v1/namespaces?limit=1&continue=${encodeURIComponent(page.metadata.continue)}`;
  await assert.rejects(cluster.kubectl(["get", "--raw", next]), /The provided continue parameter is too old/);
});

test("a stopped cluster leaves no process and no file", async () => {
  const other = await startCluster({ controllers: ["endpointslice-controller"] });
  // The last program has only just been started: it is told by its command line, which takes a moment.
  await until(async () => (await pidsOf(other.directory)).length === 3);
  await other.stop();
  assert.deepEqual(await pidsOf(other.directory), []);
  assert.equal(existsSync(other.directory), false);
});

test("a cluster ends with the process that started it, even when that is killed", async () => {
  const developer = spawn(process.execPath, [join(import.meta.dirname, "developer.ts")], { stdio: "pipe" });
  const ended = once(developer, "exit");
  let directory = "";
  try {
    const [line] = (await once(createInterface({ input: developer.stdout }), "line")) as [string];
    directory = dirname(line.replace("export KUBECONFIG=", ""));
    await until(async () => (await pidsOf(directory)).length === 2);
  } finally {
    developer.kill("SIGKILL");
    await ended;
  }
  await until(async () => (await pidsOf(directory)).length === 0);
  rmSync(directory, { recursive: true });
});
