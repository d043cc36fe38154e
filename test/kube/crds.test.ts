/**
 * The chart's CustomResourceDefinitions in a real API server: taken without complaint, and what users see of them
 * with kubectl when they apply the quickstart.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { fieldsOf } from "#base/fields.ts";
import { customResourceDefinitions, defaultCrdOptions } from "../../src/compiler/api/crd.ts";
import { ambassadorKinds } from "../../src/compiler/api/kinds.ts";
import { ensureQuickstartSecret } from "../../tools/quickstart-secret.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";

const quickstart = join(import.meta.dirname, "..", "..", "examples", "quickstart");

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
  await installCrds(cluster);
});

after(() => cluster.stop());

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly versions: readonly { readonly name: string; readonly served: boolean }[] };
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

test("every definition is established, and none has a schema that is not structural", async () => {
  const { items } = JSON.parse(await cluster.kubectl(["get", "crds", "-o", "json"])) as { items: Definition[] };
  assert.equal(items.length, ambassadorKinds.length);
  for (const { metadata, status } of items) {
    const conditions = status.conditions.map(({ type, status }) => `${type}=${status}`).sort();
    assert.deepEqual(conditions, ["Established=True", "NamesAccepted=True"], metadata.name);
  }
});

test("every version of a definition is served", async () => {
  const { items } = JSON.parse(await cluster.kubectl(["get", "crds", "-o", "json"])) as { items: Definition[] };
  for (const { metadata, spec } of items) {
    for (const version of spec.versions) {
      assert.ok(version.served);
      const plural = metadata.name.split(".")[0] ?? "";
      const { status } = await cluster.ask("GET", `/apis/getambassador.io/${version.name}/${plural}`);
      assert.equal(status, 200, `${plural} ${version.name}`);
    }
  }
});

test("all kinds are in one category", async () => {
  const words = ["api-resources", "--categories=ambassador-crds", "-o", "name"];
  const found = (await cluster.kubectl(words)).trim().split("\n").sort();
  assert.deepEqual(found, ambassadorKinds.map(({ plural }) => `${plural}.getambassador.io`).sort());
});

test("short names are those that Edge Stack had", async () => {
  const all = await cluster.kubectl(["api-resources", "--api-group=getambassador.io", "--no-headers"]);
  const named = all
    .trim()
    .split("\n")
    .filter((line) => /^\S+ +[a-z]+ +getambassador/.test(line));
  assert.deepEqual(named.map((line) => line.split(/ +/).slice(0, 2).join(" ")).sort(), [
    "filterpolicies fp",
    "filters fil",
    "ratelimits rl",
  ]);
});

test("after the quickstart is applied, kubectl shows the columns that users know", async () => {
  ensureQuickstartSecret(quickstart);
  await cluster.kubectl(["create", "namespace", "backend"]);
  // A cluster's pods have no loopback addresses, and the API server knows.
  const backends = readFileSync(join(quickstart, "backends.yaml"), "utf8").replaceAll("127.0.0.1", "192.0.2.7");
  await cluster.kubectl(["apply", "-f", "-"], { stdin: backends });
  for (const file of ["annotated-service", "hosts", "mappings", "module", "tls-secret"]) {
    await cluster.kubectl(["apply", "-f", join(quickstart, `${file}.yaml`)]);
  }
  const shown = await cluster.kubectl(["get", "hosts,mappings", "-A"]);
  assert.equal(
    columns(shown),
    `
NAMESPACE | NAME | HOSTNAME | STATE | PHASE COMPLETED | PHASE PENDING | AGE
default | host.getambassador.io/echo | echo.localhost | AGE
default | host.getambassador.io/quote | quote.localhost | AGE

NAMESPACE | NAME | SOURCE HOST | SOURCE PREFIX | DEST SERVICE | STATE | REASON
default | mapping.getambassador.io/echo | echo.localhost | /echo/ | echo.backend
default | mapping.getambassador.io/quote | quote.localhost | /quote/ | quote.backend
`.trimStart(),
  );
});

test("the source host of a Mapping is shown under either name", async () => {
  const mapping = (name: string, spec: Readonly<Record<string, string>>): unknown => ({
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Mapping",
    metadata: { name },
    spec: { prefix: "/", service: "a", ...spec },
  });
  const items = [mapping("new", { hostname: "new.test" }), mapping("old", { host: "old.test" })];
  await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
  assert.match(columns(await cluster.kubectl(["get", "mapping", "new"])), /\nnew \| new\.test \| \/ \| a\n/);
  assert.match(columns(await cluster.kubectl(["get", "mapping", "old"])), /\nold \| old\.test \| \/ \| a\n/);
});

test("an object with a status shows it", async () => {
  const status = JSON.stringify({ status: { state: "Inactive", reason: "no such service" } });
  await cluster.kubectl(["patch", "mapping", "echo", "--subresource=status", "--type=merge", "-p", status]);
  assert.match(
    columns(await cluster.kubectl(["get", "mapping", "echo"])),
    /echo\.backend \| Inactive \| no such service/,
  );
});

const oldSpec = { prefix: "/", service: "a", headers: { "x-any": true }, add_request_headers: { a: "b" }, tls: true };

test("definitions of another installation are taken over, with what is stored, although their webhook is gone", async () => {
  const other = await startCluster();
  try {
    const webhook = { namespace: "emissary-system", service: "emissary-apiext" };
    const items = customResourceDefinitions({ ...defaultCrdOptions, webhook });
    const theirs = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await other.kubectl(["apply", "-f", "-"], { stdin: theirs });
    await other.kubectl(["wait", "--for=condition=Established", "crd/mappings.getambassador.io", "--timeout=60s"]);
    const mapping = { apiVersion: "getambassador.io/v2", kind: "Mapping", metadata: { name: "kept" }, spec: oldSpec };
    await other.kubectl(["create", "-f", "-"], { stdin: JSON.stringify(mapping) });
    await assert.rejects(other.kubectl(["get", "mappings.v3alpha1.getambassador.io"]), /emissary-apiext/);
    await installCrds(other);
    const kept = await other.kubectl(["get", "mappings.v3alpha1.getambassador.io", "kept", "-o", "jsonpath={.spec}"]);
    assert.deepEqual(JSON.parse(kept), oldSpec);
  } finally {
    await other.stop();
  }
});

test("an administrator stores and serves other versions: what is stored stays, and all goes on to be read", async () => {
  const crds = async (...args: readonly string[]): Promise<void> => {
    const printed = await promisify(execFile)(process.execPath, [program, "crds", ...args]);
    await cluster.kubectl(["apply", "-f", "-"], { stdin: printed.stdout });
  };
  const old = { apiVersion: "getambassador.io/v2", kind: "Mapping", metadata: { name: "stored" }, spec: oldSpec };
  await cluster.apply(old);
  await crds("--storage-version", "v3alpha1", "--served-versions", "v3alpha1");
  const stored = ["get", "crd", "mappings.getambassador.io", "-o", "jsonpath={.status.storedVersions}"];
  assert.equal(await cluster.kubectl(stored), '["v2","v3alpha1"]');
  await until(async () => (await cluster.ask("GET", "/apis/getambassador.io/v2/mappings")).status === 404);
  const { body } = await cluster.ask("GET", "/apis/getambassador.io/v3alpha1/namespaces/default/mappings/stored");
  assert.deepEqual(fieldsOf(body)["spec"], oldSpec);
  await cluster.apply({ ...old, apiVersion: "getambassador.io/v3alpha1", spec: { ...oldSpec, prefix: "/new/" } });
  await crds();
  await until(async () => (await cluster.ask("GET", "/apis/getambassador.io/v2/mappings")).status === 200);
  const prefix = ["get", "mappings.v2.getambassador.io", "stored", "-o", "jsonpath={.spec.prefix}"];
  assert.equal(await cluster.kubectl(prefix), "/new/");
});

const program = join(import.meta.dirname, "..", "..", "src", "main.ts");

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    assert.ok(performance.now() - start < 20_000);
    await pause(50);
  }
}

/** A table without its padding; ages become the word. */
function columns(table: string): string {
  return table
    .replaceAll(/ {2,}/g, "   ")
    .replaceAll(/(?: {3,}| +$)/gm, " | ")
    .replaceAll(/ \| \d+s$/gm, " | AGE")
    .replaceAll(/(?: \| )+$/gm, "");
}
