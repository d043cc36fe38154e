/** A cluster's configuration, served: what kubectl applies is what requests see. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Backend, serviceOf, sliceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const crds = join(import.meta.dirname, "..", "..", "charts", "dragoman", "crds");

let cluster: Cluster;
let first: Backend;
let second: Backend;
let gateway: Program;
let port: number;

const apply = (...objects: readonly object[]) =>
  cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
  });

before(async () => {
  cluster = await startCluster();
  [first, second, port] = await Promise.all([startBackend("first"), startBackend("second"), freePort()]);
  await cluster.kubectl(["apply", "--server-side", "-f", crds]);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  await apply(...serviceOf("quote", first), host, mapping("quote", "/quote/"));
  gateway = startProgram(["run", "--kubeconfig", cluster.kubeconfig, "--port", `8080:${port}`, "--log-level=debug"]);
  await gateway.line(/^ready/);
});
after(async () => {
  gateway?.kill();
  await Promise.all([first?.close(), second?.close()]);
  await cluster?.stop();
});

const custom = { apiVersion: "getambassador.io/v3alpha1" };
const host = {
  ...custom,
  kind: "Host",
  metadata: { name: "all", namespace: "default" },
  spec: { hostname: "*", requestPolicy: { insecure: { action: "Route" } } },
};
const mapping = (name: string, prefix: string) => ({
  ...custom,
  kind: "Mapping",
  metadata: { name, namespace: "default" },
  spec: { hostname: "*", prefix, service: "quote" },
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
    await pause(5);
  }
}

test("what is there at the start is served", async () => {
  assert.equal(await get("/quote/x"), "first /x");
});

test("a Mapping that is applied, changed and deleted", async () => {
  await apply(mapping("more", "/more/"));
  await until("/more/x", "first /x");
  await apply(mapping("more", "/even-more/"));
  await until("/even-more/x", "first /x");
  await until("/more/x", "404");
  await cluster.kubectl(["delete", "mapping", "more"]);
  await until("/even-more/x", "404");
});

test("an endpoint that moves", async () => {
  await apply(sliceOf("quote", second));
  await until("/quote/x", "second /x");
});

test("an API server that is away: traffic goes on, and what changed afterwards is served", async () => {
  await cluster.killApiServer();
  await gateway.said(/the API server gives no answer/);
  assert.equal(await get("/quote/x"), "second /x");
  await cluster.restartApiServer();
  await apply(sliceOf("quote", first));
  await until("/quote/x", "first /x");
});
