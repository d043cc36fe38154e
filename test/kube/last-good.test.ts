/** An object that is bad now goes on as it was when it was good, also through a new process that never saw it good. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Backend, serviceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom, openHost } from "./custom.ts";

let cluster: Cluster;
let backend: Backend;
const started: Program[] = [];

before(async () => {
  cluster = await startCluster();
  backend = await startBackend("it");
  await installCrds(cluster);
  await cluster.apply(...serviceOf("quote", backend), openHost, mapping("/quote/", "quote"));
});
after(async () => {
  for (const program of started) program.kill();
  await backend?.close();
  await cluster?.stop();
});

const mapping = (prefix: string, service: string) => custom("Mapping", "quote", { hostname: "*", prefix, service });

async function startGateway() {
  const port = await freePort();
  const gateway = startProgram(["run", "--kubeconfig", cluster.kubeconfig, "--port", `8080:${port}`]);
  started.push(gateway);
  await gateway.line(/^ready/);
  const get = async () => (await fetch(`http://127.0.0.1:${port}/quote/x`)).text();
  return { gateway, get };
}

async function until(printed: () => Promise<string>, pattern: RegExp): Promise<void> {
  const start = performance.now();
  for (let text = await printed(); !pattern.test(text); text = await printed()) {
    if (performance.now() - start > 20_000) assert.fail(`still: ${text}\n${started.map((p) => p.output()).join("\n")}`);
    await pause(50);
  }
}

const kept = () => cluster.kubectl(["get", "configmaps", "-l", "dragoman.io/last-good-of=default", "-o", "yaml"]);

test("a bad edit is kept away from traffic, now and after a restart; a good one ends that", async () => {
  const first = await startGateway();
  assert.equal(await first.get(), "it /x");
  await cluster.apply(mapping("/quote/", "not a service"));
  await until(kept, /dragoman-last-good-0/);
  assert.equal(await first.get(), "it /x");
  await first.gateway.interrupt();
  const second = await startGateway();
  assert.equal(await second.get(), "it /x");
  await cluster.apply(mapping("/quote/", "quote"));
  await until(kept, /items: \[\]/);
  assert.equal(await second.get(), "it /x");
});
