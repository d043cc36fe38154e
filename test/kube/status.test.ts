/** What people read in `kubectl get` and `kubectl describe` about objects that are served, or are not. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom } from "./custom.ts";
import { startGateway } from "./gateway.ts";

let cluster: Cluster;
let gateway: Program;
const started: Program[] = [];

before(async () => {
  cluster = await startCluster();
  await installCrds(cluster);
  await cluster.apply(knativeIngresses);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd/ingresses.networking.internal.knative.dev"]);
  await cluster.apply(
    host("plain", {}),
    host("broken", { tlsSecret: { name: "not-there" } }),
    mapping("good", "/good/"),
  );
  const ports = ["--port", `8080:${await freePort()}`, "--port", `8443:${await freePort()}`];
  const env = { ...process.env, AMBASSADOR_KNATIVE_SUPPORT: "true", POD_NAME: "first" };
  gateway = startProgram(["run", "--kubeconfig", cluster.kubeconfig, ...ports], { env });
  started.push(gateway);
  await gateway.line(/^ready/);
});
after(async () => {
  for (const program of started) program.kill();
  await cluster?.stop();
});

/** As much of Knative as the gateway looks at. */
const knativeIngresses = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "ingresses.networking.internal.knative.dev" },
  spec: {
    group: "networking.internal.knative.dev",
    names: { kind: "Ingress", plural: "ingresses", singular: "ingress" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

const meta = (name: string) => ({ name, namespace: "default" });
const host = (name: string, more: object) =>
  custom("Host", name, { hostname: `${name}.example.com`, acmeProvider: { authority: "none" }, ...more });
const mapping = (name: string, prefix: string) =>
  custom("Mapping", name, { hostname: "*", prefix, service: "https://192.0.2.1" });

/** What kubectl prints, as soon as it matches. */
async function until(args: readonly string[], pattern: RegExp): Promise<string> {
  const start = performance.now();
  for (;;) {
    const printed = await cluster.kubectl(args);
    if (pattern.test(printed)) return printed;
    if (performance.now() - start > 20_000)
      assert.fail(`still:\n${printed}\n${started.map((program) => program.output()).join("\n")}`);
    await pause(50);
  }
}

test("Hosts are Ready, or say why not", async () => {
  const printed = await until(["get", "hosts"], /plain .*Ready/);
  assert.match(printed, /^NAME +HOSTNAME +STATE +PHASE COMPLETED +PHASE PENDING +AGE\n/);
  await until(["get", "hosts"], /broken +broken\.example\.com +Error/);
  const reason = await cluster.kubectl(["get", "host", "broken", "-o", "jsonpath={.status}"]);
  assert.match(reason, /"errorReason":"tlsSecret does not exist"/);
  assert.match(reason, /"tlsCertificateSource":"Other"/);
  const described = await until(["describe", "host", "broken"], /Warning +Error .*dragoman .*not-there/);
  assert.match(described, /Events:/);
});

test("a Mapping that is well has no status; one that is not says why, and forgets it when it is mended", async () => {
  const bad = { ...mapping("bad", "/bad("), spec: { ...mapping("bad", "/bad(").spec, prefix_regex: true } };
  await cluster.apply(bad);
  const printed = await until(["get", "mappings"], /bad .*Inactive/);
  assert.match(printed, /^NAME +SOURCE HOST +SOURCE PREFIX +DEST SERVICE +STATE +REASON\n/);
  assert.match(printed, /\ngood +\* +\/good\/ +https:\/\/192\.0\.2\.1 *\n/);
  await cluster.apply({ ...bad, spec: { ...bad.spec, prefix: "/bad" } });
  await until(["get", "mappings"], /bad +\* +\/bad +https:\/\/192\.0\.2\.1 *\n/);
});

test("a status is written and taken back while other objects come and go all the time", async () => {
  const mappings = "/apis/getambassador.io/v3alpha1/namespaces/default/mappings";
  let [churned, going] = [0, true];
  const churn = async (lane: number) => {
    for (; going; churned++) {
      const name = `churn-${lane}-${churned}`;
      await cluster.ask("POST", mappings, mapping(name, `/${name}/`));
      await cluster.ask("DELETE", `${mappings}/${name}`);
    }
  };
  const lanes = [1, 2, 3, 4].map(churn);
  const bad = { ...mapping("hasty", "/hasty("), spec: { ...mapping("hasty", "/hasty(").spec, prefix_regex: true } };
  await cluster.apply(bad);
  await until(["get", "mappings"], /hasty .*Inactive/);
  await cluster.apply({ ...bad, spec: { ...bad.spec, prefix: "/hasty" } });
  await until(["get", "mappings"], /hasty +\* +\/hasty +https:\/\/192\.0\.2\.1 *\n/);
  going = false;
  await Promise.all(lanes);
  assert.ok(churned > 50, `${churned} came and went`);
});

test("an Ingress shows where the gateway's own Service can be reached, as long as that is so", async () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...meta("ambassador"), labels: { "app.kubernetes.io/component": "ambassador-service" } },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: "x" } },
  };
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { ...meta("shop"), annotations: { "kubernetes.io/ingress.class": "ambassador" } },
    spec: {
      rules: [
        {
          host: "shop.example.com",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "shop", port: { number: 80 } } } }],
          },
        },
      ],
    },
  };
  await cluster.apply(service, ingress);
  const give = (points: readonly object[] | null) => {
    const status = JSON.stringify({ status: { loadBalancer: { ingress: points } } });
    return cluster.kubectl(["patch", "service", "ambassador", "--subresource=status", "--type=merge", "-p", status]);
  };
  await gateway.said(/\[kubernetes\/no-address\] Service default\/ambassador/);
  await give([{ ip: "198.51.100.7" }]);
  await until(["get", "ingress", "shop"], /shop\.example\.com +198\.51\.100\.7 /);
  await give([{ hostname: "lb.example.net" }]);
  await until(["get", "ingress", "shop"], /shop\.example\.com +lb\.example\.net /);
  await give(null);
  await until(["get", "ingress", "shop"], /shop\.example\.com +80 /);
});

test("a Knative Ingress is ready at the gateway's own Service", async () => {
  await cluster.apply({
    apiVersion: "networking.internal.knative.dev/v1alpha1",
    kind: "Ingress",
    metadata: meta("hello"),
    spec: {
      rules: [{ hosts: ["hello.example.com"], http: { paths: [{ splits: [{ serviceName: "x", servicePort: 80 }] }] } }],
    },
  });
  const { group, kind } = { group: "networking.internal.knative.dev", kind: "ingresses" };
  const show = (path: string) => ["get", `${kind}.${group}`, "hello", "-o", `jsonpath={.status.${path}}`];
  await until(show("privateLoadBalancer"), /"domainInternal":"ambassador\.default\.svc\.cluster\.local"/);
  await until(show("conditions[*]['type','status']"), /LoadBalancerReady NetworkConfigured Ready/);
});

test("somebody else's change of a status is put right", async () => {
  const foreign = JSON.stringify({ status: { state: "Pending" } });
  await cluster.kubectl(["patch", "host", "plain", "--subresource=status", "--type=merge", "-p", foreign]);
  await until(["get", "hosts"], /plain .*Ready/);
  assert.doesNotMatch(gateway.output(), /somebody else keeps writing/);
});

test("somebody who insists has the last word for a while", async () => {
  const given = /Host default\/plain: somebody else keeps writing its status; ours waits five minutes/;
  const foreign = JSON.stringify({ status: { state: "Initial" } });
  const insist = ["patch", "host", "plain", "--subresource=status", "--type=merge", "-p", foreign];
  const state = ["get", "host", "plain", "-o", "jsonpath={.status.state}"];
  for (const start = performance.now(); !given.test(gateway.output()); await pause(50)) {
    if (performance.now() - start > 40_000) assert.fail(gateway.output());
    if ((await cluster.kubectl(state)) === "Ready") await cluster.kubectl(insist);
  }
  assert.equal(await cluster.kubectl(state), "Initial");
});

test("a second replica serves, and writes statuses when the first has died", async () => {
  const second = await startGateway(cluster.kubeconfig);
  started.push(second.program);
  const writes = /this replica writes statuses and events/;
  assert.match(gateway.output(), writes);
  assert.doesNotMatch(second.program.output(), writes);
  assert.equal(await second.get("/good/x", "plain.example.com"), "301");
  gateway.kill();
  // Nothing waits for a replica whose Pod is gone.
  await cluster.kubectl(["delete", "configmap", "dragoman-replica-first"]);
  await cluster.apply(host("late", {}));
  await second.program.said(writes);
  await until(["get", "hosts"], /late .*Ready/);
});

const context = (name: string, spec: object): object => {
  return { apiVersion: "getambassador.io/v2", kind: "TLSContext", metadata: meta(name), spec };
};

test("an object of any other kind has a condition, which kubectl waits for", async () => {
  await cluster.apply(
    context("modern", { min_tls_version: "v1.3" }),
    context("lost", { secret: "not-there", hosts: ["a.test"] }),
  );
  await cluster.kubectl(["wait", "--for=condition=Ready", "tlscontext/modern", "--timeout=20s"]);
  await cluster.kubectl(["wait", "--for=condition=Ready=false", "tlscontext/lost", "--timeout=20s"]);
  const table = await cluster.kubectl(["get", "tlscontexts"]);
  assert.match(table, /^NAME +AGE\n/);
  const wide = await cluster.kubectl(["get", "tlscontexts", "-o", "wide"]);
  assert.match(wide, /^NAME +AGE +READY +REASON\n/);
  assert.match(wide, /lost +\w+ +False +UnusableSecret/);
  assert.match(wide, /modern +\w+ +True +InForce/);
  await cluster.apply(context("lost", { min_tls_version: "v1.2" }));
  await cluster.kubectl(["wait", "--for=condition=Ready", "tlscontext/lost", "--timeout=20s"]);
});

test("definitions of another system have no place for it, and nothing is said of that", async () => {
  const path = "/spec/versions";
  const { spec } = JSON.parse(await cluster.kubectl(["get", "crd", "modules.getambassador.io", "-o", "json"])) as {
    spec: { versions: readonly object[] };
  };
  const versions = spec.versions.map((version) => ({ ...version, subresources: undefined }));
  const patch = JSON.stringify([{ op: "replace", path, value: versions }]);
  await cluster.kubectl(["patch", "crd", "modules.getambassador.io", "--type=json", "-p", patch]);
  const module = {
    apiVersion: "getambassador.io/v2",
    kind: "Module",
    metadata: meta("ambassador"),
    spec: { config: {} },
  };
  await cluster.apply(module, context("later", {}));
  await cluster.kubectl(["wait", "--for=condition=Ready", "tlscontext/later", "--timeout=20s"]);
  assert.doesNotMatch(gateway.output(), /status of Module|Module \S+: somebody else keeps writing its status/);
});
