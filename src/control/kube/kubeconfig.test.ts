/** What kubeconfig files and pods say, down to the identity that a request has. */
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AccessUnavailable } from "./access.ts";
import { inClusterAccess } from "./in-cluster.ts";
import { kubeconfigAccess } from "./kubeconfig.ts";

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-kubeconfig-"));
});
after(() => rm(directory, { recursive: true, force: true }));

const base64 = (text: string): string => Buffer.from(text).toString("base64");

async function write(name: string, content: unknown): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function config(user: unknown, cluster: object = {}, context: object = {}) {
  return {
    "current-context": "work",
    contexts: [{ name: "work", context: { cluster: "prod", user: "me", ...context } }],
    clusters: [{ name: "prod", cluster: { server: "https://api.example.com:6443/", ...cluster } }],
    users: [{ name: "me", user }],
  };
}

async function identityOf(user: unknown, cluster?: object) {
  const file = await write("config", config(user, cluster));
  return (await kubeconfigAccess({ file, env: {} })).credentials.current();
}

test("a server, its names and its proxy", async () => {
  const file = await write(
    "config",
    config({}, { "tls-server-name": "kube", "proxy-url": "http://proxy:3128" }, { namespace: "edge" }),
  );
  const { credentials: _, ...access } = await kubeconfigAccess({ file, env: {} });
  assert.deepEqual(access, {
    server: "https://api.example.com:6443",
    serverName: "kube",
    proxy: "http://proxy:3128",
    namespace: "edge",
  });
});

test("a token, a password, a certificate in the file and beside it", async () => {
  assert.deepEqual(await identityOf({ token: "t" }), { authorization: "Bearer t" });
  assert.deepEqual(await identityOf({ username: "u", password: "p" }), { authorization: `Basic ${base64("u:p")}` });
  await write("key.pem", "KEY");
  await write("ca.pem", "CA");
  const user = { "client-certificate-data": base64("CERT"), "client-key": "key.pem" };
  assert.deepEqual(await identityOf(user, { "certificate-authority": "ca.pem" }), {
    certificate: { chain: "CERT", key: "KEY" },
    ca: "CA",
  });
});

test("a token file wins over a token, and is read again when the server refuses what was read", async () => {
  await write("token", "old\n");
  const file = await write("config", config({ token: "t", tokenFile: "token" }));
  const { credentials } = await kubeconfigAccess({ file, env: {} });
  assert.deepEqual(await credentials.current(), { authorization: "Bearer old" });
  await write("token", "new\n");
  assert.deepEqual(await credentials.current(), { authorization: "Bearer old" });
  credentials.refused();
  assert.deepEqual(await credentials.current(), { authorization: "Bearer new" });
});

test("a program gives credentials: run once, and again when they expire or are refused", async () => {
  const script = `#!/bin/sh
echo run >>runs
case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*) ;; *) exit 1 ;; esac
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$PREFIX-$1-$(wc -l <runs)'"}}'
`;
  await chmod(await write("login", script.replaceAll("runs", join(directory, "runs"))), 0o755);
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "./login",
    args: ["cloud"],
    env: [{ name: "PREFIX", value: "token" }],
  };
  const { credentials } = await kubeconfigAccess({ file: await write("config", config({ exec })), env: {} });
  const both = await Promise.all([credentials.current(), credentials.current()]);
  assert.deepEqual(both, [{ authorization: "Bearer token-cloud-1" }, { authorization: "Bearer token-cloud-1" }]);
  credentials.refused();
  assert.deepEqual(await credentials.current(), { authorization: "Bearer token-cloud-2" });
});

test("several files: the first that names something wins, and one that is not there is passed over", async () => {
  const first = await write("first", { "current-context": "work", users: [{ name: "me", user: { token: "first" } }] });
  const second = await write("second", config({ token: "second" }));
  const access = await kubeconfigAccess({ env: { KUBECONFIG: `${first}:${join(directory, "none")}:${second}` } });
  assert.equal(access.server, "https://api.example.com:6443");
  assert.deepEqual(await access.credentials.current(), { authorization: "Bearer first" });
});

const complaints: readonly (readonly [string, unknown, RegExp])[] = [
  ["no YAML", "a: [", /is not YAML/],
  ["no context", {}, /there is no current-context/],
  ["a context that is not there", { "current-context": "x" }, /there is no context "x"/],
  ["a user that is not there", { ...config({}), users: [] }, /there is no user "me"/],
  ["no server", { ...config({}), clusters: [{ name: "prod", cluster: {} }] }, /has no server/],
  ["an auth-provider", config({ "auth-provider": { name: "gcp" } }), /auth-provider is not supported/],
  ["an unknown exec version", config({ exec: { apiVersion: "v9", command: "x" } }), /neither v1 nor v1beta1/],
];

for (const [what, content, message] of complaints) {
  test(`${what}: one sentence`, async () => {
    const file = await write("bad", content);
    await assert.rejects(kubeconfigAccess({ file, env: {} }), (error) => {
      assert.ok(error instanceof AccessUnavailable);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("a program that is missing or says nothing useful: its hint, and never its output", async () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "no-such-program",
    installHint: "Install it.",
  };
  await assert.rejects(identityOf({ exec }), /"no-such-program" that gives credentials is not installed. Install it./);
  const said = { ...exec, command: "echo", args: ["secret-token"] };
  await assert.rejects(identityOf({ exec: said }), (error) => {
    assert.match(String(error), /gave neither a token nor a certificate/);
    assert.doesNotMatch(String(error), /secret-token/);
    return true;
  });
});

test("a pod: the address word for word, the mounted files", async () => {
  const mounted = join(directory, "account");
  await mkdir(mounted);
  await writeFile(join(mounted, "token"), "t1\n");
  await writeFile(join(mounted, "ca.crt"), "CA");
  await writeFile(join(mounted, "namespace"), "edge\n");
  const env = { KUBERNETES_SERVICE_HOST: "kubernetes.example.com", KUBERNETES_SERVICE_PORT: "443" };
  const access = await inClusterAccess(env, mounted);
  assert.equal(access.server, "https://kubernetes.example.com:443");
  assert.equal(access.namespace, "edge");
  assert.deepEqual(await access.credentials.current(), { authorization: "Bearer t1", ca: "CA" });
  const v6 = await inClusterAccess({ ...env, KUBERNETES_SERVICE_HOST: "fd00::1" }, mounted);
  assert.equal(v6.server, "https://[fd00::1]:443");
  await assert.rejects(inClusterAccess({}, mounted), /this is no pod/);
});
