/**
 * The chart's pod for real, as far as there is one without nodes: the container's file system, its user, its arguments
 * and its environment, and the service account where a kubelet puts it.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { load } from "js-yaml";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Backend, serviceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom, openHost } from "./custom.ts";
import { chart, openHelm } from "./helm.ts";
import { enterableImage } from "./image.ts";

const mounted = "/var/run/secrets/kubernetes.io/serviceaccount";

let directory: string;
let cluster: Cluster;
let backend: Backend;
let pod: Program;
let port: number;
let admin: number;
let enter: string;
let snapshot: number;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-image-"));
  [cluster, backend] = await Promise.all([startCluster(), startBackend("quote")]);
  [port, admin, snapshot] = [await freePort(), await freePort(), await freePort()];
  await installCrds(cluster);
  const helm = await openHelm(cluster);
  const extra = `extraArgs={--port=8080:${port},--port=8443:${await freePort()}}`;
  const values = [
    "--namespace=ambassador",
    "--set",
    `adminService.port=${admin},adminService.snapshotPort=${snapshot},${extra}`,
  ];
  await helm("install", "ambassador", chart, ...values, "--create-namespace");
  const objects = [host, mapping, ...serviceOf("quote", backend, "ambassador")];
  const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await cluster.kubectl(["apply", "-f", "-"], { stdin });
  enter = await enterableImage(directory, {
    [`${mounted}/token`]: await accountToken(),
    [`${mounted}/ca.crt`]: cluster.authority,
    [`${mounted}/namespace`]: "ambassador",
  });
  const { args, env } = containerOf(await helm("template", "ambassador", chart, ...values));
  // Container runtimes give pipes, and Node gives sockets.
  const through = ["-c", '"$@" | cat', "sh", enter, ...args];
  pod = startProgram(through, { command: "/bin/sh", env: { ...environment(env), PATH: process.env["PATH"] } });
  await pod.line(/^ready/);
});
after(async () => {
  pod?.kill();
  await Promise.all([backend?.close(), cluster?.stop()]);
  await rm(directory, { recursive: true, force: true });
});

const host = { ...openHost, metadata: { name: "all", namespace: "ambassador" } };
const quote = { hostname: "*", prefix: "/quote/", service: "quote" };
const mapping = custom("Mapping", "quote", quote, { namespace: "ambassador" });

async function accountToken(): Promise<string> {
  const get = ["get", "serviceaccount", "ambassador", "--namespace=ambassador", "-o", "jsonpath={.metadata.uid}"];
  return cluster.token({ namespace: "ambassador", name: "ambassador", uid: await cluster.kubectl(get) });
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

function containerOf(manifests: string): Container {
  const text = manifests.split("\n---\n").find((one) => /^kind: Deployment$/m.test(one)) ?? "";
  const deployment = load(text) as { spec: { template: { spec: { containers: readonly Container[] } } } };
  const [container] = deployment.spec.template.spec.containers;
  assert.ok(container);
  return container;
}

/** What a kubelet makes of it. */
function environment(env: Container["env"]): NodeJS.ProcessEnv {
  const fields: NodeJS.ProcessEnv = { AMBASSADOR_NAMESPACE: "ambassador", POD_NAME: "ambassador-1" };
  const { hostname, port } = new URL(cluster.server);
  return {
    ...Object.fromEntries(env.map(({ name, value }) => [name, value ?? fields[name] ?? "127.0.0.1"])),
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    DRAGOMAN_ENVOY: "/usr/bin/envoy",
    HOME: "/",
  };
}

test("the pod serves the cluster, and its probes are answered", async () => {
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/quote/x`)).text(), "quote /x");
  assert.equal((await fetch(`http://127.0.0.1:${admin}/ambassador/v0/check_ready`)).status, 200);
  assert.match(await (await fetch(`http://127.0.0.1:${snapshot}/snapshot-external`)).text(), /"quote"/);
});

test("definitions are printed by the image, too", async () => {
  const printed = await promisify(execFile)(enter, ["crds", "--storage-version=v3alpha1"], { maxBuffer: 1 << 26 });
  assert.match(printed.stdout, /^ {2}name: mappings\.getambassador\.io$/m);
});

test("nothing is missing in the image, and nothing is forbidden", () => {
  const complaints = pod
    .output()
    .split("\n")
    .filter((line) => /"level":"(warning|error)"/.test(line))
    // Envoy is there sooner than what it is served by.
    .filter((line) => !line.includes("stream to dragoman_xds closed"));
  assert.deepEqual(complaints, []);
});

test("every process has no capabilities and gets no more rights, and together they fit into 400 MiB", () => {
  const processes = [/dragoman\.mjs run/, /dragoman\.mjs control/, /^\/usr\/bin\/envoy/];
  for (const command of processes) {
    assert.match(pod.processStatus(command), /^CapEff:\t0+$/m);
    assert.match(pod.processStatus(command), /^NoNewPrivs:\t1$/m);
  }
  const mebibytes = processes.reduce((sum, command) => sum + pod.resident(command).most, 0) / 1024 / 1024;
  assert.ok(mebibytes < 400, `${mebibytes.toFixed()} MiB`);
});
