/** The ways to an API server: who one is, by which name and through which proxy, and what a busy server is told. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fieldsOf, text } from "#base/fields.ts";
import type { Access } from "../../src/control/kube/access.ts";
import { type ApiRequest, type Client, openClient } from "../../src/control/kube/client.ts";
import { ApiFailure, NoAnswer } from "../../src/control/kube/failure.ts";
import { inClusterAccess } from "../../src/control/kube/in-cluster.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { type Cluster, startCluster } from "./cluster.ts";

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
});
after(() => cluster?.stop());

const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };

/** For whom the API server takes one. */
async function whoAmI(access: Access): Promise<string | undefined> {
  const client = openClient(access);
  try {
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const answer = fieldsOf(await client.ask({ method: "POST", path, body: review }));
    return text(fieldsOf(fieldsOf(answer["status"])["userInfo"]), "username");
  } finally {
    await client.close();
  }
}

/** A kubeconfig of two contexts, of which the second is the current one. */
async function kubeconfig(name: string, user: object, more: object = {}): Promise<string> {
  const file = join(cluster.directory, `${name}.yaml`);
  const own = {
    server: cluster.server,
    "certificate-authority-data": Buffer.from(cluster.authority).toString("base64"),
  };
  const config = {
    clusters: [{ name: "test", cluster: { ...own, ...more } }],
    users: [
      { name: "it", user },
      { name: "nobody", user: { token: "nothing" } },
    ],
    contexts: [
      { name: "it", context: { cluster: "test", user: "it" } },
      { name: "nobody", context: { cluster: "test", user: "nobody" } },
    ],
    "current-context": "nobody",
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** All that a stream brings until its end. */
async function eventsOf(client: Client, path: string, query: NonNullable<ApiRequest["query"]>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const events of await client.stream({ path, query })) seen.push(...events);
  return seen;
}

const as = (file: string, context = "it"): Promise<Access> => kubeconfigAccess({ file, context, env: process.env });

test("a client certificate, by the context that is asked for", async () => {
  const credentials = cluster.userCertificate("jane");
  assert.ok("certificate" in credentials);
  const base64 = (pem: string) => Buffer.from(pem).toString("base64");
  const user = {
    "client-certificate-data": base64(credentials.certificate),
    "client-key-data": base64(credentials.key),
  };
  const file = await kubeconfig("jane", user);
  assert.equal(await whoAmI(await as(file)), "jane");
  await assert.rejects(whoAmI(await as(file, "nobody")), { status: 401 });
});

test("a program that gives a token, and is run again when that is refused", async () => {
  const account = await cluster.serviceAccount("default", "cloud");
  const answers = [cluster.token(account, -600), cluster.token(account)].map((token) =>
    JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token } }),
  );
  const program = join(cluster.directory, "cloud-login");
  const first = join(cluster.directory, "cloud-login-ran");
  await writeFile(
    program,
    `#!/bin/sh\nif [ -e "${first}" ]; then echo '${answers[1]}'; else touch "${first}"; echo '${answers[0]}'; fi\n`,
    { mode: 0o755 },
  );
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: program, interactiveMode: "Never" };
  assert.equal(await whoAmI(await as(await kubeconfig("cloud", { exec }))), "system:serviceaccount:default:cloud");
});

test("a pod whose API server has a name: it is asked by that name", async () => {
  const directory = join(cluster.directory, "serviceaccount");
  await mkdir(directory);
  const account = await cluster.serviceAccount("default", "pod");
  await writeFile(join(directory, "token"), cluster.token(account));
  await writeFile(join(directory, "ca.crt"), cluster.authority);
  await writeFile(join(directory, "namespace"), "default");
  const env = { KUBERNETES_SERVICE_HOST: "localhost", KUBERNETES_SERVICE_PORT: new URL(cluster.server).port };
  const access = await inClusterAccess(env, directory);
  assert.equal(new URL(access.server).hostname, "localhost");
  assert.equal(await whoAmI(access), "system:serviceaccount:default:pod");
});

test("the certificate must be for the name that the kubeconfig says", async () => {
  const user = { token: cluster.adminToken };
  const named = (name: string) => kubeconfig(name, user, { "tls-server-name": name });
  assert.ok(await whoAmI(await as(await named("kubernetes.default.svc"))));
  await assert.rejects(whoAmI(await as(await named("other.example"))), NoAnswer);
});

test("through a proxy, questions and watches", async () => {
  const reached: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, socket, head: Buffer) => {
    reached.push(url);
    const { hostname, port } = new URL(`tcp://${url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on("error", () => [onward, socket].map((one) => one.destroy()));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const access = await as(await kubeconfig("proxied", { token: cluster.adminToken }, { "proxy-url": url }));
  assert.ok(await whoAmI(access));
  const client = openClient(access);
  const seen = await eventsOf(client, "/api/v1/namespaces", { watch: true, timeoutSeconds: 1 });
  await client.close();
  proxy.close();
  assert.match(JSON.stringify(seen), /"name":"default"/);
  assert.deepEqual(new Set(reached), new Set([new URL(cluster.server).host]));
});

test("a stream on which nothing comes for too long, not even a bookmark, has ended", async () => {
  const access = await as(await kubeconfig("quiet", { token: cluster.adminToken }));
  const client = openClient(access, { answerMs: 30_000, quietMs: 300 });
  const path = "/api/v1/namespaces/default/configmaps";
  await assert.rejects(eventsOf(client, path, { watch: true, fieldSelector: "metadata.name=never" }), NoAnswer);
  await client.close();
});

test("a server that has too much to do is asked again, not before it wants to be", async () => {
  let refusals = 2;
  // Between the client and the real server, because that one has never too much to do here.
  const front = createServer((incoming, response) => {
    if (refusals-- > 0) {
      response.writeHead(429, { "retry-after": "1" }).end();
      return;
    }
    const { hostname, port } = new URL(cluster.server);
    const headers = { authorization: `Bearer ${cluster.adminToken}` };
    const options = { hostname, port, path: incoming.url, headers, ca: cluster.authority };
    httpsRequest(options, (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502))).end();
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const server = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const credentials = { current: async () => ({}), refused: () => undefined };
  const client = openClient({ server, namespace: "default", credentials });
  const ask = (attempts: number) => client.ask({ path: "/version", attempts });
  await assert.rejects(ask(1), (error) => error instanceof ApiFailure && error.retryAfterMs === 1000);
  assert.match(String(text(fieldsOf(await ask(2)), "gitVersion")), /^v1\./);
  assert.equal(refusals, -1);
  await client.close();
  front.close();
});
