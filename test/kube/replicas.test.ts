/**
 * Several replicas of one cluster, with the rights that the chart grants: whatever each has lived through, they serve
 * the same; statuses say what holds for all of them; and one that begins again changes nothing of what its Envoy has.
 */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fieldsOf, list, text } from "#base/fields.ts";
import { openClient } from "../../src/control/kube/client.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { reflect } from "../../src/control/kube/reflector.ts";
import { createAcknowledged } from "../../src/control/replicas/acknowledged.ts";
import { openOthers } from "../../src/control/replicas/others.ts";
import { openPublisher } from "../../src/control/replicas/publish.ts";
import { createReadProgress } from "../../src/control/sources/kubernetes/read-progress.ts";
import { isAbsent, openAdminClient } from "../../src/keeper/admin-client.ts";
import { answerOf } from "../answer.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { pidsOf } from "../processes/running.ts";
import { type Backend, serviceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom } from "./custom.ts";
import { chart, openHelm } from "./helm.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-replicas-"));

let cluster: Cluster;
let backend: Backend;
let kubeconfig: string;
const replicas: Replica[] = [];

before(async () => {
  [cluster, backend] = await Promise.all([startCluster(), startBackend("echo")]);
  await installCrds(cluster);
  const helm = await openHelm(cluster);
  await helm("install", "ambassador", chart, "--namespace=ambassador", "--create-namespace", "--skip-crds");
  const uidOf = ["get", "serviceaccount", "ambassador", "--namespace=ambassador", "-o", "jsonpath={.metadata.uid}"];
  const account = { namespace: "ambassador", name: "ambassador", uid: await cluster.kubectl(uidOf) };
  kubeconfig = await cluster.writeKubeconfig("gateway", { token: cluster.token(account) }, "ambassador");
  await cluster.apply(
    ...serviceOf("echo", backend),
    secret(),
    host(),
    mapping("one", "/one/"),
    mapping("two", "/two/"),
  );
});
after(async () => {
  for (const { program } of replicas) program.kill();
  await Promise.all([backend?.close(), cluster?.stop()]);
  rmSync(home, { recursive: true, force: true });
});

function host(): object {
  const requestPolicy = { insecure: { action: "Route" } };
  return custom("Host", "shop", { hostname: "*", tlsSecret: { name: "shop-tls" }, requestPolicy });
}

function mapping(name: string, prefix: string): object {
  return custom("Mapping", name, { hostname: "*", prefix, service: "echo" });
}

function secret(): object {
  const { certificate, key } = openMaterial().certificate("shop:shop.test");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: { name: "shop-tls", namespace: "default" },
    stringData: { "tls.crt": certificate, "tls.key": key },
  };
}

interface Replica {
  readonly program: Program;
  /** Listener ports, as they really are. */
  readonly ports: readonly (readonly [number, number])[];
  readonly directory: string;
}

/** The pod `name`. */
async function startReplica(name: string, more: NodeJS.ProcessEnv = {}): Promise<Replica> {
  const directory = mkdtempSync(join(home, name));
  const ports = [
    [8080, await freePort()],
    [8443, await freePort()],
  ] as const;
  const args = ports.flatMap(([port, real]) => ["--port", `${port}:${real}`]);
  const env = { ...process.env, TMPDIR: directory, POD_NAME: name, AMBASSADOR_NAMESPACE: "ambassador", ...more };
  const program = startProgram(["run", "--kubeconfig", kubeconfig, "--file-dir", directory, ...args], { env });
  const replica = { program, ports, directory };
  replicas.push(replica);
  return replica;
}

const socketOf = ({ directory }: Replica, name: string): string => {
  const run = readdirSync(directory).find((entry) => entry.startsWith("dragoman-")) ?? "not-yet";
  return join(directory, run, name);
};

/** A path of control's admin interface; empty while it is not there. */
async function control(replica: Replica, path: string): Promise<string> {
  try {
    return (await answerOf({ socketPath: socketOf(replica, "control.sock"), path })).body;
  } catch (error) {
    if (isAbsent(error)) return "";
    throw error;
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > 30_000)
      assert.fail(`${what}\n${replicas.map((one) => one.program.output()).join()}`);
    await pause(10);
  }
}

/** Everything that Envoy was given, by kind and in one order, as if its listeners were where the manifests put them. */
async function served(replica: Replica): Promise<Readonly<Record<string, readonly string[]>>> {
  const { body } = await openAdminClient(socketOf(replica, "envoy-admin.sock")).get("/config_dump?include_eds");
  const text = replica.ports.reduce(
    (all, [port, real]) => all.replaceAll(`"port_value": ${real}`, `"port_value": ${port}`),
    body,
  );
  const { configs } = JSON.parse(text) as { configs: readonly Readonly<Record<string, unknown>>[] };
  const kinds = configs.flatMap((config) => Object.entries(config)).filter(([key]) => key.startsWith("dynamic_"));
  return Object.fromEntries(kinds.map(([key, value]) => [key, (value as readonly object[]).map(plain).sort()]));
}

/** A listener's version is that of its bytes, with the real port in them. */
function plain(value: object): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === "last_updated" || (key === "version_info" && "active_state" in value)) return undefined;
    return inner;
  });
}

async function sees(replica: Replica, path: string): Promise<boolean> {
  const port = replica.ports[0]?.[1];
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.text();
  return response.status === 200;
}

test("a replica that saw every change and one that came later serve the same", async () => {
  const first = await startReplica("first");
  await first.program.line(/^ready/);
  await cluster.apply(mapping("three", "/three/"), mapping("one", "/uno/"));
  await cluster.kubectl(["delete", "mapping", "two"]);
  await until("the first one has not seen the changes", () => sees(first, "/three/"));
  const second = await startReplica("second");
  await second.program.line(/^ready/);
  await cluster.apply(mapping("four", "/four/"));
  for (const replica of [first, second]) {
    await until("the last change is not served", () => sees(replica, "/four/"));
    await until("a change is not served", () => sees(replica, "/uno/"));
  }
  const [one, other] = [await served(first), await served(second)];
  assert.deepEqual(Object.keys(one).sort(), Object.keys(other).sort());
  assert.ok((one["dynamic_route_configs"]?.length ?? 0) > 0);
  assert.ok((one["dynamic_active_secrets"]?.length ?? 0) > 0);
  assert.deepEqual(other, one);
});

const module = (script: string): object =>
  custom("Module", "ambassador", { config: { lua_scripts: script } }, { namespace: "ambassador" });

/** What kubectl prints, as soon as it matches. */
async function shown(args: readonly string[], pattern: RegExp): Promise<void> {
  let printed = "";
  const isSo = async () => {
    printed = await cluster.kubectl(args);
    return pattern.test(printed);
  };
  await until(`kubectl ${args.join(" ")} does not print ${pattern}`, isSo).catch((error: unknown) => {
    assert.fail(`${printed}\n${error}`);
  });
}

const condition = (...of: readonly string[]): readonly string[] => {
  return ["get", ...of, "-o", "jsonpath={.status.conditions[0]['status','reason','message']}"];
};
const records = ["get", "configmaps", "--namespace=ambassador", "-l", "dragoman.io/replica-of=default", "-o", "name"];

/** Each `Ready` that Modules have had from now on. */
async function followReady(t: TestContext): Promise<readonly string[]> {
  const client = openClient(await kubeconfigAccess({ file: cluster.kubeconfig, env: {} }));
  const [stop, listed] = [new AbortController(), Promise.withResolvers<void>()];
  const statuses: string[] = [];
  const following = reflect({
    client,
    resources: [{ group: "getambassador.io", version: "v2", plural: "modules", kind: "Module", namespaced: true }],
    keep: ({ status }) => text(list(fieldsOf(status), "conditions")[0] ?? {}, "status") ?? "",
    onChanges: (changes) => void statuses.push(...changes.flatMap(({ after }) => after ?? [])),
    onState: () => listed.resolve(),
    signal: stop.signal,
  });
  t.after(async () => {
    stop.abort();
    await following;
    await client.close();
  });
  await listed.promise;
  return statuses;
}

test("what one replica's Envoy refuses, the status and an event tell, until that replica is gone", async (t) => {
  const picky = await startReplica("picky", { REFUSES: "yes" });
  await picky.program.line(/^ready/);
  const script = `if os.getenv("REFUSES") then error("not here") end function envoy_on_request(handle) end`;
  const of = ["module", "ambassador", "--namespace=ambassador"];
  const statuses = await followReady(t);
  await cluster.apply(module(script));
  await shown(condition(...of), /^False Refused .*at replica picky: .*not here.* \(there /);
  await shown(["describe", ...of], /Warning +Error .*replica picky/);
  assert.deepEqual(statuses, ["", "False"], "it was never called ready");
  await shown(records, /replica-first\n.*replica-picky\n.*replica-second\n/);
  await shown(["get", "configmap", "dragoman-replica-picky", "--namespace=ambassador", "-o", "yaml"], /not here/);
  assert.equal((await picky.program.interrupt()).code, 0);
  await shown(condition(...of), /^True InForce /);
  await shown(records, /replica-first\n.*replica-second\n$/);
  await cluster.kubectl(["delete", ...of]);
});

test("nothing is called ready before every replica's Envoy has acknowledged it", async () => {
  const [first, second] = replicas;
  const envoy = second?.program.pid(/--drain-time-s/);
  assert.ok(first && envoy !== undefined);
  process.kill(envoy, "SIGSTOP");
  try {
    await cluster.apply(
      custom("TLSContext", "held", { min_tls_version: "v1.2" }),
      custom("Host", "held", { hostname: "held.test" }),
    );
    await shown(condition("tlscontext", "held"), /^Unknown Waiting replica second has not acknowledged it yet/);
    await shown(["get", "hosts"], /held +held\.test +Pending[\s\S]*shop +\* +Ready/);
    await first.program.said(/replica second has not acknowledged 2 changed objects; requests that come there/);
  } finally {
    process.kill(envoy, "SIGCONT");
  }
  await cluster.kubectl(["wait", "--for=condition=Ready", "tlscontext/held", "--timeout=20s"]);
  await shown(["get", "hosts"], /held +held\.test +Ready/);
  await first.program.said(/no status waits for replica second any more/);
  for (const { program } of replicas)
    assert.doesNotMatch(program.output(), /cannot be (written|told|deleted)|forbidden/);
});

/** In ms; a replica otherwise renews each ten seconds. */
const quick = { leastMs: 20, spreadMs: 10, renewMs: 200, believedMs: 2000 };

/** A replica of the instance `quick` without an Envoy, and what is seen by another one; both end with the test. */
async function quickReplicas(t: TestContext, file: string) {
  const client = openClient(await kubeconfigAccess({ file, env: {} }));
  const place = { namespace: "ambassador", instance: "quick" };
  const progress = createReadProgress(() => undefined);
  const said: string[] = [];
  const log = (_: string, message: string) => void said.push(message);
  const acknowledged = createAcknowledged({ progress, settled: async () => undefined, refusals: () => [] });
  const pod = { uid: "c0ffee00-0000-4000-8000-000000000000", namespace: "ambassador" };
  const publisher = openPublisher({ client, place, replica: { name: "fast", pod }, acknowledged, log, times: quick });
  const times = { silentMs: 3000, sweepMs: 100 };
  const live = () => others.live().map(({ name }) => name);
  const everLived = new Set<string>();
  const onChange = () => {
    for (const name of live()) everLived.add(name);
  };
  const others = openOthers({ client, place, self: "me", onChange, log, times });
  const [stop, end] = [new AbortController(), new AbortController()];
  const following = others.follow(stop.signal);
  await others.known;
  const publishing = publisher.run(end.signal);
  t.after(async () => {
    end.abort();
    stop.abort();
    await Promise.all([following, publishing]);
    await client.close();
  });
  const farewell = async () => {
    end.abort();
    await publishing;
  };
  return { progress, publisher, live, everLived, said, farewell };
}

test("a record counts for as long as it is renewed, and is cleared away when nobody does that", async (t) => {
  const { progress, publisher, live, everLived, said, farewell } = await quickReplicas(t, kubeconfig);
  await until("the replica is not seen", async () => live().join() === "fast");
  const one = ["get", "configmap", "dragoman-replica-fast", "--namespace=ambassador", "-o"];
  await shown([...one, "jsonpath={.metadata.ownerReferences[0]['kind','name']}"], /^Pod fast$/);
  progress.upTo("hosts.getambassador.io", "6");
  progress.edited();
  publisher.wake();
  await shown([...one, "jsonpath={.data.acknowledged}"], /"hosts.getambassador.io":"6"/);

  const metadata = { namespace: "ambassador", labels: { "dragoman.io/replica-of": "quick" } };
  const foreign = (name: string, data: object) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...metadata, name },
    data,
  });
  await cluster.apply(
    foreign("dragoman-replica-dead", { seconds: "1", acknowledged: "{}" }),
    foreign("dragoman-replica-odd", { config: "of somebody" }),
  );
  await until("a new record is not seen", async () => everLived.has("dead"));
  await until("nobody renews it, and it counts", async () => live().join() === "fast");
  await shown(
    ["get", "configmaps", "--namespace=ambassador", "-l", "dragoman.io/replica-of=quick"],
    /^NAME[^\n]*\n\S+-fast [^\n]*\n$/,
  );
  assert.ok(!everLived.has("odd"));
  await farewell();
  await until("it is believed after its farewell", async () => live().length === 0);
  assert.deepEqual(said, []);
});

test("without rights a notice says so, and nobody is waited for", async (t) => {
  const account = await cluster.serviceAccount("ambassador", "poor");
  const file = await cluster.writeKubeconfig("poor", { token: cluster.token(account) }, "ambassador");
  const { live, said } = await quickReplicas(t, file);
  await until("nothing is said", async () => said.length === 2);
  assert.deepEqual(said.map((line) => line.split(":")[0]).sort(), [
    "how this replica is cannot be told to others, and statuses do not depend on it",
    "statuses tell how this replica is, and not how others are",
  ]);
  assert.deepEqual(live(), []);
});

test("a control process that begins again sends a warm Envoy nothing", async () => {
  const [replica] = replicas;
  assert.ok(replica);
  const killed = await pidsOf(`--file-dir=${replica.directory}`);
  assert.equal(killed.length, 1);
  for (const pid of killed) process.kill(pid, "SIGKILL");
  await until("control has not come back", async () => {
    const pids = await pidsOf(`--file-dir=${replica.directory}`);
    return pids.length === 1 && pids[0] !== killed[0];
  });
  await until("Envoy has not come back", async () => {
    return /^dragoman_acknowledged_number [1-9]/m.test(await control(replica, "/metrics"));
  });
  assert.match(await control(replica, "/metrics"), /^dragoman_xds_bytes_total 0$/m);
});

test("without an API server a new replica is alive, not ready, and becomes so", async () => {
  await cluster.killApiServer();
  const replica = await startReplica("third");
  await until(
    "nobody answers probes",
    async () => (await control(replica, "/ambassador/v0/check_alive")) === "alive\n",
  );
  assert.equal(
    await control(replica, "/ambassador/v0/check_ready"),
    "Envoy has not acknowledged its first configuration\n",
  );
  await replica.program.said(/the API server gives no answer/);
  assert.equal(await control(replica, "/ambassador/v0/check_alive"), "alive\n");
  await cluster.restartApiServer();
  await replica.program.line(/^ready/);
  assert.equal(await control(replica, "/ambassador/v0/check_ready"), "ready\n");
  assert.match(
    await control(replica, "/metrics"),
    /^dragoman_watch_following\{resource="mappings.getambassador.io"\} 1$/m,
  );
});
