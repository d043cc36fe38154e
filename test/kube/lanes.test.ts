/**
 * Each kind of change costs what it must: an endpoint that comes or goes is one response of endpoints, a certificate
 * that is renewed one of secrets, and what no request depends on is none at all.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { openMaterial } from "../envoy/material.ts";
import { type Backend, serviceOf, sliceOf, startBackend, startBackend6, startLocalBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom, openHost } from "./custom.ts";
import { type Gateway, type Sent, startGateway } from "./gateway.ts";

const material = openMaterial();
let cluster: Cluster;
let gateway: Gateway;
let one: Backend;
let two: Backend;
let six: Backend;
let local: Backend;

const remove = (kind: string, name: string) => cluster.kubectl(["delete", kind, name]);

const namespace = "default";
const mapping = (name: string, service = name) =>
  custom("Mapping", name, { hostname: "*", prefix: `/${name}/`, service });
const service = (name: string, spec: object) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec,
});

/** A slice by its parts; the ports of the two backends have the names a and b. */
function slice(name: string, of: string, endpoints: readonly object[], ports: readonly object[], type = "IPv4") {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": of } },
    addressType: type,
    ports,
    endpoints,
  };
}

const certificate = (name: string) => {
  const { certificate, key } = material.certificate(`${name}:shop.example.com`);
  const stringData = { "tls.crt": certificate, "tls.key": key };
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: { name: "tls", namespace },
    stringData,
  };
};

before(async () => {
  cluster = await startCluster();
  one = await startBackend("one");
  two = await startBackend("two");
  six = await startBackend6("six");
  local = await startLocalBackend("local");
  await installCrds(cluster);
  await cluster.apply(
    ...serviceOf("quote", one),
    service("ports", {
      clusterIP: "None",
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 81 },
      ],
    }),
    service("manual", { ports: [{ port: 80 }] }),
    service("nobody", { ports: [{ port: 80 }] }),
    service("outside", { type: "ExternalName", externalName: "localhost" }),
    certificate("first"),
    openHost,
    custom("Host", "shop", {
      hostname: "shop.example.com",
      tlsSecret: { name: "tls" },
      requestPolicy: { insecure: { action: "Route" } },
    }),
    mapping("quote"),
    mapping("a", "ports"),
    mapping("b", "ports:81"),
    mapping("manual"),
    mapping("nobody"),
    mapping("outside", `outside:${local.port}`),
  );
  gateway = await startGateway(cluster.kubeconfig);
});
after(async () => {
  gateway?.program.kill();
  await Promise.all([one, two, six, local].map((backend) => backend?.close()));
  await cluster?.stop();
});

/** What Envoy is sent for something that is applied, which must be anything at all; then requests see it. */
async function sent(work: () => Promise<unknown>, path: string, wanted: string): Promise<Sent> {
  const before = await gateway.metric(responses);
  const all = await gateway.sentDuring(async () => {
    await work();
    await gateway.untilMetric(responses, "", before + 1);
  });
  await gateway.until(path, wanted);
  return all;
}

const responses = "dragoman_xds_responses_total";
const changes = "dragoman_watch_changes_total";
const slices = "endpointslices.discovery.k8s.io";

/** Resolves when something that is applied has arrived. */
async function arrived(resource: string, work: () => Promise<unknown>): Promise<void> {
  const labels = `resource="${resource}"`;
  const before = await gateway.metric(changes, labels);
  await work();
  await gateway.untilMetric(changes, labels, before + 1);
}

const ready = (address: string) => ({ addresses: [address], conditions: { ready: true } });

test("an endpoint that moves, another slice, and one that goes: endpoints each time", async () => {
  await gateway.until("/quote/x", "one /x");
  assert.deepEqual(await sent(() => cluster.apply(sliceOf("quote", two)), "/quote/x", "two /x"), { endpoints: 1 });
  const more = slice("quote-2", "quote", [ready(one.address)], [{ name: "http", port: one.port }]);
  assert.deepEqual(await sent(() => cluster.apply(more), "/quote/x", "one /x"), { endpoints: 1 });
  assert.deepEqual(await sent(() => remove("endpointslice", "quote-1"), "/quote/y", "one /y"), { endpoints: 1 });
  for (let i = 0; i < 10; i++) assert.equal(await gateway.get("/quote/x"), "one /x");
});

test("conditions: who is not ready gets nothing, unless nobody is and it still serves while it ends", async () => {
  const of = (...conditions: readonly object[]) =>
    slice(
      "quote-2",
      "quote",
      [one, two].map(({ address }, i) => ({ addresses: [address], conditions: conditions[i] })),
      [{ name: "http", port: one.port }],
    );
  const [going, gone] = [
    { ready: false, serving: true, terminating: true },
    { ready: false, serving: false, terminating: true },
  ];
  const both = async () => {
    await arrived(slices, () => cluster.apply(of(going, gone)));
    await gateway.until("/quote/x", "one /x");
    await cluster.apply(of(gone, gone));
  };
  assert.deepEqual(await sent(both, "/quote/x", "503"), { endpoints: 1 });
  // Whose state nobody knows is taken to be ready.
  assert.deepEqual(await sent(() => cluster.apply(of({}, gone)), "/quote/x", "one /x"), { endpoints: 1 });
});

test("ports by name, each in slices of its own", async () => {
  const a = slice("ports-a", "ports", [ready(one.address)], [{ name: "a", port: one.port }]);
  const b = slice("ports-b", "ports", [ready(two.address)], [{ name: "b", port: two.port }]);
  assert.deepEqual(await sent(() => cluster.apply(a), "/a/x", "one /x"), { endpoints: 1 });
  assert.equal(await gateway.get("/b/x"), "503");
  assert.deepEqual(await sent(() => cluster.apply(b), "/b/x", "two /x"), { endpoints: 1 });
  assert.equal(await gateway.get("/a/x"), "one /x");
});

test("a Service without a selector, whose slices somebody writes: IPv4, then IPv6 beside it and alone", async () => {
  const four = slice("by-hand", "manual", [ready(one.address)], [{ port: one.port }]);
  assert.deepEqual(await sent(() => cluster.apply(four), "/manual/x", "one /x"), { endpoints: 1 });
  const other = slice("by-hand-6", "manual", [ready(six.address)], [{ port: six.port }], "IPv6");
  assert.deepEqual(await sent(() => cluster.apply(other), "/manual/x", "six /x"), { endpoints: 1 });
  assert.deepEqual(await sent(() => remove("endpointslice", "by-hand"), "/manual/x", "six /x"), { endpoints: 1 });
  for (let i = 0; i < 10; i++) assert.equal(await gateway.get("/manual/x"), "six /x");
});

test("a Service without a slice: 503 for those who ask", async () => {
  assert.equal(await gateway.get("/nobody/x"), "503");
});

test("a name outside of the cluster is asked of DNS, and another one is a change of the cluster", async () => {
  await gateway.until("/outside/x", "local /x");
  const elsewhere = service("outside", { type: "ExternalName", externalName: "nowhere.invalid" });
  const {
    cluster: clusters,
    routes = 0,
    listener = 0,
  } = await sent(() => cluster.apply(elsewhere), "/outside/x", "503");
  assert.deepEqual({ clusters, routes, listener }, { clusters: 1, routes: 0, listener: 0 });
});

test("a renewed certificate: one secret; new connections get it, those that are open live on", async () => {
  const before = await handshake();
  assert.deepEqual(await exchange(before), "one /x");
  const first = before.getPeerX509Certificate()?.fingerprint256;
  const change = await gateway.sentDuring(async () => {
    await cluster.apply(certificate("second"));
    for (let seen = first; seen === first; ) {
      const socket = await handshake();
      seen = socket.getPeerX509Certificate()?.fingerprint256;
      socket.destroy();
    }
  });
  assert.deepEqual(change, { secret: 1 });
  assert.deepEqual(await exchange(before), "one /x");
  before.destroy();
});

test("a Secret that nothing refers to: its data is not kept, what rotates it moves nothing, and a Host finds it", async () => {
  const pair = (key: string, hostname: string) => {
    const { certificate, key: privateKey } = material.certificate(`${key}:${hostname}`);
    const stringData = { "tls.crt": certificate, "tls.key": privateKey };
    const metadata = { name: "later", namespace };
    return { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata, stringData };
  };
  const held = "dragoman_secrets_without_data";
  const before = await gateway.metric(held);
  const change = await gateway.sentDuring(async () => {
    await cluster.apply(pair("unused", "unused.example.com"));
    await gateway.untilMetric(held, "", before + 1);
    await arrived("secrets", () => cluster.apply(pair("rotated", "later.example.com")));
  });
  assert.deepEqual(change, {});
  const later = custom("Host", "later", {
    hostname: "later.example.com",
    tlsSecret: { name: "later" },
    requestPolicy: { insecure: { action: "Route" } },
  });
  await cluster.apply(later);
  while ((await namesShown("later.example.com")) !== "DNS:later.example.com") await pause(20);
  assert.equal(await gateway.metric(held), before);
  assert.doesNotMatch(gateway.program.output(), /Secret default\/later/);
  await remove("host", "later");
  await gateway.untilMetric(held, "", before + 1);
});

test("what no request depends on: statuses, leases, other ConfigMaps, Secrets, Services and slices", async () => {
  const text = (kind: string, more: object) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "other", namespace },
    ...more,
  });
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "other", namespace } };
  const unrelated = (i: number) =>
    [
      ["configmaps", text("ConfigMap", { data: { i: `${i}` } })],
      ["secrets", text("Secret", { stringData: { "tls.crt": `${i}` } })],
      ["services", service("other", { clusterIP: "None", ports: [{ name: "http", port: 80 + i }] })],
      [slices, slice("other", "other", [ready(`192.0.2.${1 + i}`)], [{ name: "http", port: 80 }])],
    ] as const;
  const status = (reason: string) => JSON.stringify({ status: { state: "Inactive", reason } });
  const writeStatus = (text: string) =>
    cluster.kubectl(["patch", "mapping", "quote", "--subresource=status", "--type=merge", "-p", status(text)]);
  const change = await gateway.sentDuring(async () => {
    for (let i = 0; i < 3; i++) {
      await cluster.apply({ ...lease, spec: { leaseTransitions: i } });
      await arrived("mappings.getambassador.io", () => writeStatus(`reason ${i}`));
      for (const [resource, object] of unrelated(i)) await arrived(resource, () => cluster.apply(object));
    }
    // Whatever they did would be on its way before this.
    await cluster.apply(sliceOf("nobody", two));
    await gateway.until("/nobody/x", "two /x");
  });
  assert.deepEqual(change, { endpoints: 1 });
});

/** The names in the certificate that a client is shown, if it is shown one that it trusts. */
async function namesShown(servername: string): Promise<string | undefined> {
  try {
    const socket = await handshake(servername);
    const names = socket.getPeerX509Certificate()?.subjectAltName;
    socket.destroy();
    return names;
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error, String(error));
    return undefined;
  }
}

async function handshake(servername = "shop.example.com"): Promise<TLSSocket> {
  const socket = connect({
    host: "127.0.0.1",
    port: gateway.https,
    servername,
    ca: material.authority("harness"),
  });
  await once(socket, "secureConnect");
  return socket;
}

/** One request on a connection that stays open. */
async function exchange(socket: TLSSocket): Promise<string> {
  const outgoing = request({ createConnection: () => socket, path: "/quote/x", headers: keepAlive });
  outgoing.end();
  const [response] = await once(outgoing, "response");
  let text = "";
  for await (const part of response) text += part;
  return text;
}

const keepAlive = { host: "shop.example.com", connection: "keep-alive" };
