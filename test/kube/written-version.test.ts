/**
 * Without a conversion webhook, an object in a real API server keeps the meaning that it had for whoever wrote it.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fieldsOf } from "#base/fields.ts";
import { keepObject } from "../../src/control/sources/kubernetes/object.ts";
import { watchedKinds } from "../../src/control/sources/kubernetes/resources.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
  await installCrds(cluster);
});

after(() => cluster.stop());

/** Applies a Mapping as kubectl does. */
async function apply(version: string, name: string, ...flags: string[]): Promise<void> {
  const object = { apiVersion: `getambassador.io/${version}`, kind: "Mapping", metadata: { name }, spec };
  await cluster.kubectl(["apply", ...flags, "-f", "-"], { stdin: JSON.stringify(object) });
}

const spec = { prefix: "/", service: "a" };

/** The version that the object is taken to be of. */
async function seen(name: string): Promise<string> {
  const mapping = watchedKinds({}).find(({ resources: [{ kind }] }) => kind === "Mapping")?.resources[0];
  assert.ok(mapping);
  const { group, version, plural } = mapping;
  const { body } = await cluster.ask("GET", `/apis/${group}/${version}/namespaces/default/${plural}/${name}`);
  return keepObject(fieldsOf(body), mapping).raw.version;
}

test("an object of any version is taken for what it is", async () => {
  for (const version of ["v1", "v2", "v3alpha1"]) {
    await apply(version, `plain-${version}`);
    assert.equal(await seen(`plain-${version}`), version);
  }
});

test("labels, annotations and a status that are written in another version change nothing of it", async () => {
  await apply("v2", "old");
  const newer = "mappings.v3alpha1.getambassador.io";
  await cluster.kubectl(["label", newer, "old", "a=b"]);
  await cluster.kubectl(["annotate", newer, "old", "a=b"]);
  const status = JSON.stringify({ status: { state: "Running" } });
  await cluster.kubectl(["patch", newer, "old", "--subresource=status", "--type=merge", "-p", status]);
  assert.equal(await seen("old"), "v2");
});

test("the same manifest with another apiVersion is another one", async () => {
  await apply("v2", "raised");
  await apply("v3alpha1", "raised");
  assert.equal(await seen("raised"), "v3alpha1");
  await apply("v2", "raised-by-server", "--server-side");
  await apply("v3alpha1", "raised-by-server", "--server-side");
  assert.equal(await seen("raised-by-server"), "v3alpha1");
});
