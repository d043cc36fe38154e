/**
 * Objects as large as an API server takes, and as many as a shared cluster has: what is meant is served, what is of no
 * use costs nothing, and equal names in different namespaces never meet.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { openMaterial } from "../envoy/material.ts";
import { type Backend, serviceOf, sliceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const material = openMaterial();
const megabyte = 1 << 20;
const namespaces = Array.from({ length: 50 }, (_, i) => `team-${i}`);
let cluster: Cluster;
let backends: readonly Backend[] = [];
let gateway: Gateway;

const custom = (kind: string, name: string, namespace: string, spec: object, metadata: object = {}) => ({
  apiVersion: "getambassador.io/v3alpha1",
  kind,
  metadata: { name, namespace, ...metadata },
  spec,
});
const text = (kind: string, name: string, data: object, type?: string) => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "default" },
  ...(type === undefined ? {} : { type }),
  data,
});
const base64 = (bytes: number): string => Buffer.alloc(bytes, "x").toString("base64");

/** Straight to the API server: kubectl cannot note so much of what it applied. */
async function create(path: string, object: object): Promise<void> {
  const { status, body } = await cluster.ask("POST", path, object);
  assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
}
const core = (namespace: string, plural: string) => `/api/v1/namespaces/${namespace}/${plural}`;
const own = (namespace: string, plural: string) => `/apis/getambassador.io/v3alpha1/namespaces/${namespace}/${plural}`;
const slices = (namespace: string) => `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;

const hostnameOf = (namespace: string) => `${namespace}.example.com`;
const insecure = { requestPolicy: { insecure: { action: "Route" } } };

/** The same four names in each namespace. */
async function createTeam(namespace: string, backend: Backend): Promise<void> {
  await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const [service, slice] = serviceOf("shop", backend, namespace);
  const hostname = hostnameOf(namespace);
  const { certificate, key } = material.certificate(`${namespace}:${hostname}`);
  const stringData = { "tls.crt": certificate, "tls.key": key };
  const type = "kubernetes.io/tls";
  await Promise.all([
    create(core(namespace, "services"), service ?? {}),
    create(slices(namespace), slice ?? {}),
    create(core(namespace, "secrets"), {
      apiVersion: "v1",
      kind: "Secret",
      type,
      metadata: { name: "shop" },
      stringData,
    }),
    create(
      own(namespace, "hosts"),
      custom("Host", "shop", namespace, { hostname, tlsSecret: { name: "shop" }, ...insecure }),
    ),
    create(
      own(namespace, "mappings"),
      custom("Mapping", "shop", namespace, { hostname, prefix: "/", service: "shop" }),
    ),
  ]);
}

before(async () => {
  cluster = await startCluster();
  backends = await Promise.all(["even", "odd"].map((name) => startBackend(name)));
  await installCrds(cluster);
  for (const [i, namespace] of namespaces.entries()) await createTeam(namespace, backendOf(i));
  await create(own("default", "hosts"), custom("Host", "all", "default", { hostname: "*", ...insecure }));
  // Left open, it would be chosen again for so many routes, at any moment at which nobody is connected.
  gateway = await startGateway(cluster.kubeconfig, { DRAGOMAN_ROUTE_TABLES: "scoped" });
});
after(async () => {
  gateway?.program.kill();
  await Promise.all(backends.map((backend) => backend.close()));
  await cluster?.stop();
});

function backendOf(i: number): Backend {
  const backend = backends[i % backends.length];
  assert.ok(backend);
  return backend;
}

async function namesShown(servername: string): Promise<string | undefined> {
  const socket = connect({ host: "127.0.0.1", port: gateway.https, servername, ca: material.authority("harness") });
  await once(socket, "secureConnect");
  const names = socket.getPeerX509Certificate()?.subjectAltName;
  socket.destroy();
  return names;
}

test("50 namespaces with the same names: routes, Hosts, Secrets and Services stay apart", async () => {
  for (const [i, namespace] of namespaces.entries()) {
    const hostname = hostnameOf(namespace);
    assert.equal(await gateway.get("/x", hostname), i % 2 === 0 ? "even /x" : "odd /x");
    assert.equal(await namesShown(hostname), `DNS:${hostname}`);
  }
  const moved = sliceOf("shop", backendOf(1), "team-0");
  const { status } = await cluster.ask("PUT", `${slices("team-0")}/shop-1`, moved);
  assert.equal(status, 200);
  await gateway.until("/x", "odd /x", hostnameOf("team-0"));
  assert.equal(await gateway.get("/x", hostnameOf("team-2")), "even /x");
  assert.doesNotMatch(gateway.program.output(), /warning +control|error +control/);
});

test("a Service whose annotation is as large as it may be: its Mappings are served", async () => {
  const mapping = (i: number) =>
    `---\napiVersion: ambassador/v1\nkind: Mapping\nname: large-${i}\nhost: large.test\nprefix: /${i}/\nservice: large\n`;
  const texts = Array.from({ length: 2300 }, (_, i) => mapping(i));
  const config = texts.join("");
  // The API server takes 256 KiB of annotations.
  assert.ok(config.length > 200_000 && config.length < 256 << 10);
  const [service, slice] = serviceOf("large", backendOf(0)) as readonly [{ metadata: object }, object];
  const metadata = { ...service.metadata, annotations: { "getambassador.io/config": config } };
  await create(slices("default"), slice);
  await create(core("default", "services"), { ...service, metadata });
  await gateway.until(`/${texts.length - 1}/x`, "even /x", "large.test");
});

test("1 MB objects: ConfigMaps and Secrets of 1 MB each, and a thousand small ones: memory stays bounded, and Envoy hears nothing", async () => {
  const each = 40;
  const release = { release: base64(megabyte * 0.7) };
  const blob = { blob: "x".repeat(megabyte * 0.95) };
  const password = { password: base64(500) };
  const secrets = core("default", "secrets");
  const sent = await gateway.sentDuring(async () => {
    for (let i = 0; i < each; i++) {
      await Promise.all([
        create(core("default", "configmaps"), text("ConfigMap", `big-${i}`, blob)),
        create(secrets, text("Secret", `big-${i}`, release, "Opaque")),
        create(secrets, text("Secret", `release.v${i}`, release, "helm.sh/release.v1")),
        ...Array.from({ length: 25 }, (_, j) => create(secrets, text("Secret", `small-${i}-${j}`, password, "Opaque"))),
      ]);
    }
    await gateway.untilMetric("dragoman_watch_changes_total", 'resource="secrets"', namespaces.length + 26 * each);
    await gateway.untilMetric("dragoman_watch_changes_total", 'resource="configmaps"', each);
  });
  assert.deepEqual(sent, {});
  // Those of Helm are not even looked at.
  assert.equal(await gateway.metric("dragoman_objects", 'kind="Secret"'), namespaces.length + 26 * each);
  const held = await gateway.metric("process_resident_memory_bytes");
  assert.ok(held < 350 * megabyte, `${Math.round(held / megabyte)} MB`);
});
