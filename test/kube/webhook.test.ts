/**
 * The conversion webhook behind a real API server: installed by the chart, under exactly the rights that the chart
 * grants, reached by the Service and with the certificates that it made itself.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { idsOf } from "../../src/compiler/api/ambassador-id.ts";
import { generationOf, type Kind } from "../../src/compiler/api/kind.ts";
import { ambassadorGroup, ambassadorKinds } from "../../src/compiler/api/kinds.ts";
import { storableVersions } from "../../src/compiler/api/stored-versions.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { formal, valuesOf } from "../schema-values.ts";
import { type LentAddress, lendAddress } from "./addresses.ts";
import { sliceOf } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { chart, openHelm } from "./helm.ts";

const name = "ambassador-webhook";
const namespace = "ambassador";

let cluster: Cluster;
let lent: LentAddress;
let kubeconfig: string;
let webhook: Program;

before(async () => {
  // There are no nodes here on which anything would lead from a Service's address to a pod's.
  cluster = await startCluster({ apiServerFlags: ["--enable-aggregator-routing=true"] });
  lent = await lendAddress();
  const helm = await openHelm(cluster);
  await helm(
    "install",
    "ambassador",
    chart,
    `--namespace=${namespace}`,
    "--create-namespace",
    "--set=webhook.enabled=true",
  );
  const uid = await cluster.kubectl(["get", "serviceaccount", name, "-n", namespace, "-o", "jsonpath={.metadata.uid}"]);
  kubeconfig = await cluster.writeKubeconfig(name, { token: cluster.token({ namespace, name, uid }) }, namespace);
  await until(async () => (await show("mappings", "v3alpha1")).status === 200, undefined);
  await apply("v3alpha1", "Mapping", "before", before3);
  await apply("v2", "Mapping", "before-v2", before2);
  webhook = await startWebhook();
});

/** Written while nothing converts: stored as they are, and both called v2. */
const before3 = { prefix: "/", service: "a", add_request_headers: { x: { value: "y" } } };
const before2 = { prefix: "/", service: "a", add_request_headers: { x: "y" } };

after(async () => {
  webhook?.kill();
  await cluster?.stop();
  await lent?.giveBack();
});

/** Our process as the pod of the Deployment, and its address in the Service. */
async function startWebhook(): Promise<Program> {
  const path = "jsonpath={.spec.template.spec.containers[0].args}";
  const args = JSON.parse(await cluster.kubectl(["get", "deployment", name, "-n", namespace, "-o", path])) as string[];
  const [port, health] = [await freePort(), await freePort()];
  const place = [
    `--kubeconfig=${kubeconfig}`,
    `--address=${lent.address}`,
    `--port=${port}`,
    `--health-port=${health}`,
  ];
  const started = startProgram([...args, ...place]);
  await started.line(/^ready/);
  const slice = sliceOf(name, { address: lent.address, port }, namespace) as { ports: { name: string }[] };
  const stdin = JSON.stringify({ ...slice, ports: [{ name: "https", port }] });
  await cluster.kubectl(["apply", "-f", "-"], { stdin });
  await until(async () => (await show("mappings", "v3alpha1")).status === 200, started);
  return started;
}

async function until(what: () => Promise<boolean>, program: Program | undefined = webhook): Promise<void> {
  const start = performance.now();
  while (!(await what())) {
    if (performance.now() - start > 30_000) assert.fail(`it never came to be\n${program?.output()}`);
    await pause(50);
  }
}

const path = (plural: string, version: string): string =>
  `/apis/${ambassadorGroup}/${version}/namespaces/default/${plural}`;
const show = (plural: string, version: string, object = "") =>
  cluster.ask("GET", `${path(plural, version)}${object && `/${object}`}`);

async function spec(plural: string, version: string, object: string): Promise<unknown> {
  const { status, body } = await show(plural, version, object);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body["apiVersion"], `${ambassadorGroup}/${version}`);
  return body["spec"];
}

async function apply(version: string, kind: string, object: string, spec: object): Promise<void> {
  const manifest = { apiVersion: `${ambassadorGroup}/${version}`, kind, metadata: { name: object }, spec };
  await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(manifest) });
}

test("an object is shown with the fields of the version that is asked for", async () => {
  await apply("v2", "Mapping", "old", {
    prefix: "/",
    service: "a",
    host: "a.test",
    headers: { "x-any": true },
    tls: true,
  });
  const ids = { ambassador_id: ["--apiVersion-v3alpha1-only--default"] };
  assert.deepEqual(await spec("mappings", "v3alpha1", "old"), {
    prefix: "/",
    service: "https://a",
    hostname: "a.test",
    regex_headers: { "x-any": ".*" },
    v2BoolHeaders: ["x-any"],
    v2ExplicitTLS: { tls: "bool:true", serviceScheme: "" },
  });
  await apply("v3alpha1", "Mapping", "new", { prefix: "/", service: "a", hostname: "b.test", stats_name: "s" });
  assert.deepEqual(await spec("mappings", "v2", "new"), {
    ...ids,
    prefix: "/",
    service: "a",
    host: "b.test",
    v3StatsName: "s",
  });
  assert.deepEqual(await spec("mappings", "v3alpha1", "new"), {
    ambassador_id: ["default"],
    prefix: "/",
    service: "a",
    hostname: "b.test",
    stats_name: "s",
  });
});

test("what was stored before the webhook was there is shown as what it is", async () => {
  assert.deepEqual(await spec("mappings", "v3alpha1", "before"), before3);
  assert.deepEqual(await spec("mappings", "v2", "before-v2"), before2);
  assert.deepEqual(await spec("mappings", "v3alpha1", "before-v2"), {
    ...before3,
    hostname: "*",
    add_request_headers: { x: { value: "y", v2Representation: "string" } },
  });
  await cluster.kubectl(["label", "mappings.v3alpha1.getambassador.io", "before", "looked=at"]);
  assert.deepEqual(await spec("mappings", "v2", "before"), {
    ...before3,
    ambassador_id: ["--apiVersion-v3alpha1-only--default"],
    host: "_skip_mapping_with_empty_host_",
  });
});

/** Shown in every version and written again as it was shown, an object stays what it was to the compiler. */
for (const kind of ambassadorKinds as readonly unknown[] as readonly Kind[]) {
  const versions = storableVersions(kind);
  if (versions.length < 2) continue;
  test(`${kind.kind}: no version loses anything of another, over the wire`, async () => {
    let made = 0;
    for (const version of ["v2", "v3alpha1"] as const) {
      const values = valuesOf(formal(kind.schema), generationOf(version));
      for (const drawn of fc.sample(values, 10)) {
        const object = `any-${++made}`;
        const manifest = {
          apiVersion: `${ambassadorGroup}/${version}`,
          kind: kind.kind,
          metadata: { name: object },
          spec: drawn,
        };
        const { status } = await cluster.ask("POST", path(kind.plural, version), manifest);
        if (status === 422) continue;
        assert.equal(status, 201);
        const hub = await show(kind.plural, "v3alpha1", object);
        const dryRun = `${path(kind.plural, "v3alpha1")}/${object}?dryRun=All`;
        // What only the hub has a rule against is of no use in any version.
        if ((await cluster.ask("PUT", dryRun, hub.body)).status === 422) continue;
        const first = hub.body["spec"];
        for (const other of versions) {
          const { body } = await show(kind.plural, other, object);
          const again = await cluster.ask("PUT", `${path(kind.plural, other)}/${object}`, body);
          assert.equal(again.status, 200, JSON.stringify(again.body));
        }
        assert.deepEqual(withIds(await spec(kind.plural, "v3alpha1", object)), withIds(first));
      }
    }
  });
}

/** Ids of any spelling, as a list that is never empty. */
function withIds(spec: unknown): unknown {
  const { ambassador_id, ...rest } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  const ids = idsOf(ambassador_id ?? []) ?? [];
  return { ...rest, ambassador_id: ids.length === 0 ? ["default"] : ids };
}

test("the definitions and the Secret are what the roles permit, and nothing was refused", async () => {
  assert.doesNotMatch(webhook.output(), /forbidden|does not help/);
  const all = JSON.parse(await cluster.kubectl(["get", "crds", "-o", "json"])) as { items: Definition[] };
  const by = all.items.map(
    ({ spec }) => spec.conversion?.webhook?.clientConfig.service?.name ?? spec.conversion?.strategy,
  );
  assert.deepEqual(new Set(by), new Set([name, "None"]));
  assert.deepEqual(
    all.items.filter(({ spec }) => spec.conversion?.strategy === "None").map(({ metadata }) => metadata.name),
    ["listeners.getambassador.io"],
  );
});

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly conversion?: {
      readonly strategy: string;
      readonly webhook?: { readonly clientConfig: { readonly service?: { readonly name: string } } };
    };
  };
}

test("definitions that somebody installs anew are converted here again", async () => {
  const conversion = { strategy: "None", webhook: null };
  const patch = JSON.stringify({ spec: { conversion } });
  await cluster.kubectl(["patch", "crd", "mappings.getambassador.io", "--type=merge", "-p", patch]);
  const strategy = ["get", "crd", "mappings.getambassador.io", "-o", "jsonpath={.spec.conversion.strategy}"];
  await until(async () => (await cluster.kubectl(strategy)) === "Webhook");
});

test("the Secret is replaced when it is not what was written, and conversion goes on", async () => {
  const patch = JSON.stringify({ data: { "ca.crt": "bm90aGluZw==" } });
  await cluster.kubectl(["patch", "secret", name, "-n", namespace, "--type=merge", "-p", patch]);
  const label = ["label", "--overwrite", "crd", "mappings.getambassador.io", `looked=${Date.now()}`];
  await cluster.kubectl(label);
  await webhook.said(/is not what was written; it is replaced/);
  await until(async () => (await show("mappings", "v3alpha1", "old")).status === 200);
});
