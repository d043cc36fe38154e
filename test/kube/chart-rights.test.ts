/** Under exactly the rights that the chart grants, everything works that needs rights; and it grants no others. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { watchedKinds } from "../../src/control/sources/kubernetes/resources.ts";
import { answerOf } from "../answer.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Backend, serviceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { chart, type Helm, openHelm } from "./helm.ts";

let cluster: Cluster;
let helm: Helm;
let backend: Backend;

before(async () => {
  cluster = await startCluster();
  [helm, backend] = await Promise.all([openHelm(cluster), startBackend("quote")]);
});
after(async () => {
  await backend?.close();
  await cluster?.stop();
});

function object(kind: string, namespace: string, name: string, spec: object): object {
  return { apiVersion: "getambassador.io/v3alpha1", kind, metadata: { name, namespace }, spec };
}

const insecure = { requestPolicy: { insecure: { action: "Route" } } };
const mapping = (namespace: string, name: string, service = "quote"): object =>
  object("Mapping", namespace, name, { hostname: "*", prefix: `/${name}/`, service });

interface Gateway {
  readonly program: Program;
  readonly port: number;
  readonly admin: number;
}

/** Our process as the service account of a release, with the arguments and the environment of its pod. */
async function startAs(account: string, namespace: string, env: NodeJS.ProcessEnv): Promise<Gateway> {
  const path = `jsonpath={.metadata.uid}`;
  const uid = await cluster.kubectl(["get", "serviceaccount", account, "-n", namespace, "-o", path]);
  const token = cluster.token({ namespace, name: account, uid });
  const kubeconfig = await cluster.writeKubeconfig(account, { token }, namespace);
  const [port, admin] = [await freePort(), await freePort()];
  const program = startProgram(
    [
      ...["run", "--kubeconfig", kubeconfig, "--port", `8080:${port}`, "--port", `8443:${await freePort()}`],
      ...[`--admin-port=${admin}`, "--admin-address=0.0.0.0"],
    ],
    { env: { ...process.env, AMBASSADOR_NAMESPACE: namespace, ...env } },
  );
  await program.line(/^ready/);
  return { program, port, admin };
}

async function until(what: () => Promise<string>, wanted: string | RegExp, program: Program): Promise<void> {
  const start = performance.now();
  for (;;) {
    const seen = await what();
    if (typeof wanted === "string" ? seen === wanted : wanted.test(seen)) return;
    if (performance.now() - start > 20_000) assert.fail(`it is still ${seen}\n${program.output()}`);
    await pause(20);
  }
}

/** Status and body; the Host header is a client's choice. */
async function ask(host: string, port: number, path: string, name = "shop.test"): Promise<string> {
  const { status, body } = await answerOf({ host, port, path, headers: { host: name } });
  return `${status} ${body.trim()}`;
}

const refusals = /may not be|cannot be (written|stored)|not written|forbidden|live as long as/;

describe("everywhere", () => {
  let gateway: Gateway;
  before(async () => {
    await helm("install", "ambassador", chart, "--namespace=ambassador", "--create-namespace");
    await cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "backend" } },
      ...serviceOf("quote", backend, "backend"),
      object("Host", "ambassador", "all", { hostname: "*", ...insecure }),
      mapping("backend", "quote"),
      mapping("backend", "broken", "nowhere:no-port"),
    );
    gateway = await startAs("ambassador", "ambassador", {});
  });
  after(() => gateway?.program.kill());

  test("objects of every namespace are served", async () => {
    await until(() => ask("127.0.0.1", gateway.port, "/quote/x"), "200 quote /x", gateway.program);
  });

  test("an Ingress of the chart's class is served, and its status has the address of the chart's Service", async () => {
    const path = {
      path: "/ingress",
      pathType: "Prefix",
      backend: { service: { name: "quote", port: { number: 80 } } },
    };
    await cluster.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "quote", namespace: "backend" },
      spec: { ingressClassName: "ambassador", rules: [{ http: { paths: [path] } }] },
    });
    await until(() => ask("127.0.0.1", gateway.port, "/ingress/x"), "200 quote /ingress/x", gateway.program);
    const status = { status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } };
    const patch = ["patch", "service", "ambassador", "-n", "ambassador", "--subresource=status", "--type=merge"];
    await cluster.kubectl([...patch, "-p", JSON.stringify(status)]);
    const address = "jsonpath={.status.loadBalancer.ingress[*].ip}";
    const seen = (): Promise<string> => cluster.kubectl(["get", "ingress", "quote", "-n", "backend", "-o", address]);
    await until(seen, "203.0.113.7", gateway.program);
  });

  test("statuses, events and the Lease are written", async () => {
    const hosts = (): Promise<string> => cluster.kubectl(["get", "hosts", "-n", "ambassador"]);
    await until(hosts, /all\s+\*\s+Ready/, gateway.program);
    const events = (): Promise<string> => cluster.kubectl(["get", "events", "-n", "backend"]);
    await until(events, /mapping\/broken/, gateway.program);
    assert.match(await cluster.kubectl(["get", "leases", "-n", "ambassador"]), /dragoman-default/);
  });

  test("last good versions are kept, those of Secrets in Secrets of their own, and no other Secret can be touched", async () => {
    await cluster.apply(mapping("backend", "edited"));
    await until(() => ask("127.0.0.1", gateway.port, "/edited/x"), "200 quote /x", gateway.program);
    await cluster.apply(mapping("backend", "edited", "not a service"));
    const names = (): Promise<string> => cluster.kubectl(["get", "configmaps", "-n", "ambassador", "-o", "name"]);
    await until(names, /dragoman-last-good-0/, gateway.program);
    const kubeconfig = join(cluster.directory, "ambassador.kubeconfig");
    const write = (name: string): Promise<string> => {
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "ambassador" } };
      const apply = ["apply", "--server-side", "--validate=false", "-f", "-"];
      return cluster.kubectl(apply, { kubeconfig, stdin: JSON.stringify(secret) });
    };
    await write("dragoman-last-good-0");
    await cluster.kubectl(["delete", "secret", "dragoman-last-good-0"], { kubeconfig });
    await assert.rejects(write("other"), /forbidden/);
  });

  test("nothing was refused", () => {
    assert.doesNotMatch(gateway.program.output(), refusals);
  });

  test("from elsewhere the admin port says how it is, and nothing else, whatever one calls it", async () => {
    for (const name of ["ambassador-admin", "localhost", "127.0.0.1:8877"]) {
      const from = (path: string): Promise<string> => ask(backend.address, gateway.admin, path, name);
      assert.equal(await from("/ambassador/v0/check_ready"), "200 ready");
      assert.equal(await from("/ambassador/v0/check_alive"), "200 alive");
      assert.match(await from("/metrics"), /^200 [\s\S]*dragoman_commits_total/);
      for (const path of ["/debug/graph/linked/x", "/ambassador/v0/diag/", "/routes", "/metrics/../debug/graph/x"])
        assert.equal(await from(path), "403 only for this machine", path);
    }
  });

  test("the roles grant what is watched and written, and nothing else", async () => {
    const { rules } = JSON.parse(await cluster.kubectl(["get", "clusterrole", "ambassador", "-o", "json"])) as Role;
    assert.deepEqual(granted(rules, "watch"), watched(false));
    assert.deepEqual(granted(rules, "list"), watched(false));
    assert.deepEqual(granted(rules, "get"), [...watched(false), "events."].toSorted());
    const written = rules.flatMap(({ resources, verbs }) =>
      verbs.some((verb) => !["get", "list", "watch"].includes(verb)) ? resources : [],
    );
    assert.ok(written.every((name) => ["events", "hosts", "secrets"].includes(name) || name.endsWith("/status")));
    const secrets = rules.find(({ resources }) => resources.includes("secrets"));
    assert.deepEqual(secrets?.verbs, ["create", "get", "list", "update", "watch"]);
    const without = await helm("template", "edge", chart, "--set", "acme.enabled=false", "-s", "templates/rbac.yaml");
    assert.doesNotMatch(without, /resources: \[hosts\]|verbs: \[create, get, list, update/);
    assert.ok(rules.every(({ resources, verbs }) => ![...resources, ...verbs].includes("*")));
  });
});

test("whoever may do everything in a namespace, and nothing elsewhere, can install a gateway for it", async () => {
  const account = await cluster.serviceAccount("mine", "installer");
  const binding = ["create", "rolebinding", "all", "--clusterrole=cluster-admin", "--serviceaccount=mine:installer"];
  await cluster.kubectl([...binding, "--namespace=mine"]);
  const kubeconfig = await cluster.writeKubeconfig("installer", { token: cluster.token(account) }, "mine");
  const own = await openHelm({ ...cluster, kubeconfig });
  const install = ["install", "own", chart, "--namespace=mine", "--skip-crds"];
  await assert.rejects(own(...install), /forbidden/);
  await own(...install, "--replace", "--set", "scope.singleNamespace=true");
  await own("uninstall", "own", "--namespace=mine");
});

describe("in one namespace", () => {
  let gateway: Gateway;
  before(async () => {
    const scope = ["--set", "scope.singleNamespace=true"];
    await helm("install", "edge", chart, "--namespace=team", "--create-namespace", ...scope, "--skip-crds");
    await cluster.apply(
      ...serviceOf("quote", backend, "team"),
      object("Host", "team", "all", { hostname: "*", ...insecure }),
      mapping("team", "own"),
      mapping("default", "foreign", "quote.team"),
    );
    gateway = await startAs("edge-dragoman", "team", { AMBASSADOR_SINGLE_NAMESPACE: "true" });
  });
  after(() => gateway?.program.kill());

  test("there is nothing of it outside", async () => {
    const all = ["clusterroles,clusterrolebindings,ingressclasses", "-l", "app.kubernetes.io/instance=edge"];
    assert.equal(await cluster.kubectl(["get", ...all, "-o", "name"]), "");
  });

  test("its objects are served, others are not, and nothing is refused", async () => {
    await until(() => ask("127.0.0.1", gateway.port, "/own/x"), "200 quote /x", gateway.program);
    assert.match(await ask("127.0.0.1", gateway.port, "/foreign/x"), /^404/);
    const hosts = (): Promise<string> => cluster.kubectl(["get", "hosts", "-n", "team"]);
    await until(hosts, /all\s+\*\s+Ready/, gateway.program);
    assert.doesNotMatch(gateway.program.output(), refusals);
  });

  test("what the environment asks for is granted, and no more", async () => {
    const role = async (env: string): Promise<string> =>
      helm("template", "edge", chart, "--set", `env.${env}`, "--show-only=templates/rbac.yaml");
    const ofKnative = /apiGroups: \[networking\.internal\.knative\.dev\]/;
    assert.match(await role("AMBASSADOR_KNATIVE_SUPPORT=true"), ofKnative);
    assert.doesNotMatch(await role("AMBASSADOR_KNATIVE_SUPPORT=false"), ofKnative);
    const [everywhere = "", home = ""] = (await role("AMBASSADOR_CERTS_SINGLE_NAMESPACE=yes")).split("kind: Role\n");
    assert.doesNotMatch(everywhere, /secrets/);
    assert.match(home, /secrets/);
  });

  test("the cluster's id is made of its namespace", async () => {
    const metrics = await ask("127.0.0.1", gateway.admin, "/metrics", "localhost");
    assert.match(
      metrics,
      /^ambassador_diagnostics_info\{.*cluster_id="[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f-]+"/m,
    );
  });

  test("the Role grants what is watched there", async () => {
    const get = ["get", "role", "edge-dragoman", "-n", "team", "-o", "json"];
    const { rules } = JSON.parse(await cluster.kubectl(get)) as Role;
    assert.deepEqual(granted(rules, "watch"), [...watched(true), "configmaps."].toSorted());
  });

  test("without a right to events, problems are only logged, and statuses go on to be written", async () => {
    const get = ["get", "role", "edge-dragoman", "-n", "team", "-o", "json"];
    const role = JSON.parse(await cluster.kubectl(get)) as Role;
    const rules = role.rules.filter(({ resources }) => !resources.includes("events"));
    await cluster.kubectl(["replace", "-f", "-"], { stdin: JSON.stringify({ ...role, rules }) });
    await cluster.apply(mapping("team", "untold", "nowhere:no-port"));
    await gateway.program.said(/events cannot be written; problems are only logged/);
    const reason = ["get", "mapping", "untold", "-n", "team", "-o", "jsonpath={.status.state}"];
    await until(() => cluster.kubectl(reason), "Inactive", gateway.program);
    await gateway.program.said(/Mapping team\/untold .*\.spec\.service/);
  });
});

interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** What may be asked with a verb, as `plural.group`. */
function granted(rules: Role["rules"], verb: string): readonly string[] {
  const given = rules.filter(({ verbs }) => verbs.includes(verb));
  return given.flatMap(({ apiGroups: [group], resources }) => resources.map((name) => `${name}.${group}`)).toSorted();
}

/** What a whole run watches, as `plural.group`; ConfigMaps are only looked for at home. */
function watched(singleNamespace: boolean): readonly string[] {
  return watchedKinds({ singleNamespace })
    .filter(({ scope }) => scope !== "own")
    .map(({ resources: [{ plural, group }] }) => `${plural}.${group}`)
    .toSorted();
}
