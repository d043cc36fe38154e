/**
 * The tutorial, step by step with helm and kubectl: the chart, two services in a namespace of their own, two Hosts,
 * two Mappings, what kubectl and curl show, and the PROXY protocol of the load balancer in front. Our process runs as
 * the release's service account; certificates come from Secrets.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type DemoBackends, startDemoBackends } from "../../src/services/demo-backends/index.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { type Seen, send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { type LentAddress, lendAddress } from "./addresses.ts";
import { serviceOf } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { chart, openHelm, valuesFile } from "./helm.ts";

const material = openMaterial();
const namespace = "ambassador";
let cluster: Cluster;
let lent: LentAddress;
let backends: DemoBackends;
let gateway: Program;
let ports: { readonly http: number; readonly https: number };

const kubectl = (...args: string[]): Promise<string> => cluster.kubectl(args);
function object(kind: string, name: string, spec: object): object {
  return { apiVersion: "getambassador.io/v2", kind, metadata: { name, namespace }, spec };
}

before(async () => {
  cluster = await startCluster();
  lent = await lendAddress();
  backends = await startDemoBackends({ host: lent.address, echoPort: 0, quotePort: 0 });
  const helm = await openHelm(cluster);
  await helm("install", "ambassador", chart, "-n", namespace, "--create-namespace", "-f", valuesFile("starter-kit"));
  const uid = await kubectl("get", "serviceaccount", "ambassador", "-n", namespace, "-o", "jsonpath={.metadata.uid}");
  const token = cluster.token({ namespace, name: "ambassador", uid });
  const kubeconfig = await cluster.writeKubeconfig("ambassador", { token }, namespace);
  ports = { http: await freePort(), https: await freePort() };
  gateway = startProgram(
    ["run", "--kubeconfig", kubeconfig, "--port", `8080:${ports.http}`, "--port", `8443:${ports.https}`],
    { env: { ...process.env, AMBASSADOR_NAMESPACE: namespace } },
  );
  await gateway.line(/^ready/);
});
after(async () => {
  gateway?.kill();
  await backends?.close();
  await lent?.giveBack();
  await cluster?.stop();
});

function request(spec: RequestSpec): Promise<Seen> {
  return send(spec, (port) => ({ host: "127.0.0.1", port: port === 8080 ? ports.http : ports.https }), material);
}

async function until<T>(look: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
  const start = performance.now();
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() - start > 20_000) assert.fail(`still ${JSON.stringify(seen)}\n${gateway.output()}`);
    await pause(20);
  }
}

const header = (seen: Seen, name: string): string | undefined => seen.headers.find(([other]) => other === name)?.[1];

test("two services in a namespace, two Hosts, two Mappings", async () => {
  await kubectl("create", "namespace", "backend");
  const of = (port: number) => ({ address: lent.address, port, close: async () => undefined });
  await cluster.apply(...serviceOf("quote", of(backends.quotePort), "backend"));
  await cluster.apply(...serviceOf("echo", of(backends.echoPort), "backend"));
  for (const [name, secret] of [
    ["quote", "tls-cert"],
    ["echo", "tls2-cert"],
  ] as const) {
    const hostname = `${name}.example.com`;
    const { certificate, key } = material.certificate(`${name}:${hostname}`);
    const stringData = { "tls.crt": certificate, "tls.key": key };
    await cluster.apply(
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/tls",
        metadata: { name: secret, namespace },
        stringData,
      },
      object("Host", `${name}-host`, {
        hostname,
        acmeProvider: { authority: "none" },
        tlsSecret: { name: secret },
        requestPolicy: { insecure: { action: "Redirect", additionalPort: 8080 } },
      }),
      object("Mapping", `${name}-backend`, { prefix: `/${name}/`, service: `${name}.backend`, host: hostname }),
    );
  }
  const url = "https://echo.example.com:8443/echo/";
  await until(
    () => request({ url }),
    ({ status }) => status === 200,
  );
});

test("kubectl shows the Hosts and the Mappings as it always did", async () => {
  const hosts = await until(
    () => kubectl("get", "hosts", "-n", namespace),
    (printed) => (printed.match(/ Ready /g) ?? []).length === 2,
  );
  assert.match(
    hosts,
    /^NAME +HOSTNAME +STATE +PHASE COMPLETED +PHASE PENDING +AGE\necho-host +echo\.example\.com +Ready +\d+s\n/,
  );
  const mappings = await kubectl("get", "mappings", "-n", namespace);
  assert.match(mappings, /^NAME +SOURCE HOST +SOURCE PREFIX +DEST SERVICE +STATE +REASON\n/);
  assert.match(mappings, /\nquote-backend +quote\.example\.com +\/quote\/ +quote\.backend *\n/);
});

test("cleartext is redirected, and TLS is answered by the service", async () => {
  const redirect = await request({ url: "http://quote.example.com:8080/quote/", host: "quote.example.com" });
  assert.equal(`${redirect.status} ${redirect.reason}`, "301 Moved Permanently");
  assert.equal(header(redirect, "location"), "https://quote.example.com/quote/");
  assert.equal(header(redirect, "server"), "envoy");
  assert.equal(header(redirect, "content-length"), "0");
  const quote = await request({ url: "https://quote.example.com:8443/quote/" });
  assert.equal(quote.status, 200);
  assert.equal(quote.http, "1.1");
  assert.deepEqual(Object.keys(JSON.parse(quote.body) as object), ["server", "quote", "time"]);
  assert.ok(header(quote, "x-envoy-upstream-service-time"));
});

test("the service sees what it always saw", async () => {
  const { body } = await request({ url: "https://echo.example.com:8443/echo/" });
  assert.match(body, /GET \/ HTTP\/1\.1/);
  for (const name of ["X-Forwarded-Proto: https", "X-Envoy-Original-Path: /echo/", "X-Envoy-Internal: true"]) {
    assert.match(body, new RegExp(name, "i"));
  }
  assert.match(body, /X-Envoy-Expected-Rq-Timeout-Ms: 3000/i);
  assert.match(body, /X-Request-Id: [0-9a-f-]{36}/i);
});

test("with the PROXY protocol of the Module, the service sees the client's own address", async () => {
  await cluster.apply(object("Module", "ambassador", { config: { use_proxy_proto: true } }));
  const proxyProtocol = { version: 1 as const, source: "203.0.113.7:51000" };
  const { body } = await until(
    () => request({ url: "https://echo.example.com:8443/echo/", proxyProtocol }),
    ({ status }) => status === 200,
  );
  assert.match(body, /X-Forwarded-For: 203\.0\.113\.7/i);
  assert.match(body, /X-Envoy-External-Address: 203\.0\.113\.7/i);
});
