import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CompilerEdit, defaultSettings, openCompiler } from "#compiler";
import { rawResource } from "../../test/raw-object.ts";
import { manyRoutes, prepareRouteTables } from "./route-tables.ts";

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-route-tables-"));
});
after(() => rm(directory, { recursive: true }));

const place = () => ({ settings: defaultSettings, directory, shared: false });

function compilerWith(count: number) {
  const compiler = openCompiler(defaultSettings);
  const mapping = (i: number): CompilerEdit => {
    const value = rawResource(
      "Mapping",
      "v3alpha1",
      { prefix: `/${i}/`, hostname: "*", service: "s" },
      { name: `${i}` },
    );
    return { kind: "object", key: `${i}`, value };
  };
  compiler.apply(Array.from({ length: count }, (_, i) => mapping(i)));
  compiler.commit();
  return compiler;
}

async function choose(count: number): Promise<readonly unknown[]> {
  const { edits, settle } = await prepareRouteTables(place());
  const pushed: CompilerEdit[] = [];
  await settle(compilerWith(count), async (more) => pushed.push(...more));
  return [...edits, ...pushed].map((edit) => "value" in edit && edit.value);
}

test("few routes are laid out in tables, and that is kept when there are many", async () => {
  assert.deepEqual(await choose(3), ["scoped", "table"]);
  assert.deepEqual(await choose(manyRoutes), ["table"]);
  assert.deepEqual(await readdir(directory), ["route-tables.json"], "the keeper removes it with the others");
});

test("many are laid out in scopes, and that is kept when there are few", async () => {
  await rm(join(directory, "route-tables.json"));
  assert.deepEqual(await choose(manyRoutes), ["scoped"]);
  assert.deepEqual(await choose(3), ["scoped"]);
});

test("nothing is chosen where the operator has, an Envoy cannot, or others would choose, too", async () => {
  const pinned = { ...place(), settings: { ...defaultSettings, routeTables: "pathed" as const } };
  const old = { ...place(), settings: { ...defaultSettings, envoyVersion: "1.39" } };
  for (const one of [pinned, old, { ...place(), shared: true }]) {
    assert.deepEqual((await prepareRouteTables(one)).edits, []);
  }
});
