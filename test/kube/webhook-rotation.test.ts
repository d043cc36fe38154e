/**
 * Two replicas of the conversion webhook through the lives of several authorities of certificates: every object is
 * shown all the time. And what there is when both are gone: the gateway reads on.
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openLog } from "#base/log.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { runWebhook } from "../../src/services/webhook/index.ts";
import { startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type LentAddress, lendAddress } from "./addresses.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";

const service = "webhook";
/** A new authority every six seconds, which lives for twenty. */
const times = { authorityMs: 20_000, overlapMs: 14_000, serverMs: 8000, settleMs: 500, lookMs: 200 };

let cluster: Cluster;
let addresses: readonly LentAddress[] = [];
const ended = new AbortController();
let replicas: readonly Promise<void>[] = [];
let logged = "";

before(async () => {
  cluster = await startCluster({ apiServerFlags: ["--enable-aggregator-routing=true"] });
  await installCrds(cluster);
  addresses = [await lendAddress(), await lendAddress()];
  const port = await freePort();
  await applyAll(serviceObjects(port));
  const access = await kubeconfigAccess({ file: cluster.kubeconfig, env: {} });
  const write = (line: string): void => {
    logged += line;
  };
  const ready = addresses.map(({ address }) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const log = openLog({ source: address, write });
    const place = { namespace: "default", service, secret: service, address, port, healthPort: 0 };
    replicas = [...replicas, runWebhook({ access, ...place, times, log, onReady: resolve, signal: ended.signal })];
    return promise;
  });
  await Promise.all(ready);
});
after(async () => {
  ended.abort();
  await Promise.all(replicas);
  await cluster?.stop();
  await Promise.all(addresses.map((lent) => lent.giveBack()));
});

async function applyAll(items: readonly object[]): Promise<void> {
  await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
}

function serviceObjects(port: number): readonly object[] {
  const metadata = { name: `${service}-1`, labels: { "kubernetes.io/service-name": service } };
  return [
    { apiVersion: "v1", kind: "Service", metadata: { name: service }, spec: { ports: [{ name: "https", port: 443 }] } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata,
      addressType: "IPv4",
      ports: [{ name: "https", port }],
      endpoints: addresses.map(({ address }) => ({ addresses: [address], conditions: { ready: true } })),
    },
  ];
}

const object = (kind: string, name: string, spec: object): object => {
  return { apiVersion: "getambassador.io/v2", kind, metadata: { name }, spec };
};
const mapping = (name: string): object =>
  object("Mapping", name, { prefix: `/${name}/`, service: "target.test", host_redirect: true });
const ask = (version: string) =>
  cluster.ask("GET", `/apis/getambassador.io/${version}/namespaces/default/mappings/one`);

/** The authorities that the API server believes, by their names. */
async function believed(): Promise<readonly string[]> {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/mappings.getambassador.io";
  const { body } = await cluster.ask("GET", path);
  const { conversion } = body["spec"] as { conversion: { webhook: { clientConfig: { caBundle: string } } } };
  const bundle = conversion.webhook.clientConfig.caBundle;
  const blocks = Buffer.from(bundle, "base64")
    .toString()
    .match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g);
  return (blocks ?? []).map((block) => new X509Certificate(block).subject);
}

test("while authorities come and go, no conversion fails", async () => {
  await applyAll([mapping("one")]);
  const seen = new Set<string>();
  let most = 0;
  while (seen.size < 4) {
    for (let i = 0; i < 20; i++) {
      const { status, body } = await ask("v3alpha1");
      assert.equal(status, 200, `${JSON.stringify(body)}\n${logged}`);
      assert.equal((body["spec"] as { hostname?: string }).hostname, "*");
    }
    const now = await believed();
    most = Math.max(most, now.length);
    for (const name of now) seen.add(name);
  }
  assert.ok(most >= 2 && most <= 5, `${most} at once`);
  assert.doesNotMatch(logged, /somebody else/);
});

test("both replicas end when they are told to, and then only what must be converted cannot be shown", async () => {
  ended.abort();
  await Promise.all(replicas);
  assert.equal((await ask("v3alpha1")).status, 500);
  assert.equal((await ask("v2")).status, 200);
});

test("the gateway reads on, and serves what is written meanwhile", async () => {
  await applyAll([object("Host", "all", { hostname: "*", requestPolicy: { insecure: { action: "Route" } } })]);
  const port = await freePort();
  const ports = ["--port", `8080:${port}`, "--port", `8443:${await freePort()}`];
  const gateway = startProgram(["run", "--kubeconfig", cluster.kubeconfig, ...ports]);
  try {
    await gateway.line(/^ready/);
    assert.equal(await locationOf(port, "/one/"), "http://target.test/one/");
    await applyAll([mapping("two")]);
    const start = performance.now();
    while ((await locationOf(port, "/two/")) !== "http://target.test/two/") {
      if (performance.now() - start > 20_000) assert.fail(gateway.output());
      await pause(50);
    }
  } finally {
    gateway.kill();
  }
});

async function locationOf(port: number, path: string): Promise<string | undefined> {
  const outgoing = httpGet({ host: "127.0.0.1", port, path, agent: false });
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  response.resume();
  return response.headers.location;
}
