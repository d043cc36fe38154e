import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { type CompilerEdit, defaultSettings, openCompiler } from "#compiler";
import { openMaterial } from "../../test/envoy/material.ts";
import { rawObject, rawResource } from "../../test/raw-object.ts";
import { manyCertificates, manyRoutes, prepareChoices } from "./choices.ts";

const { certificate, key } = openMaterial().certificate("any:any.test");
let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-choices-"));
});
beforeEach(async () => {
  for (const file of await readdir(directory)) await rm(join(directory, file));
});
after(() => rm(directory, { recursive: true }));

const place = () => ({ settings: defaultSettings, directory, shared: false });

interface There {
  readonly routes?: number;
  readonly hosts?: number;
  /** As many Hosts as share one certificate. */
  readonly alike?: number;
  /** A Host for all names, with a certificate. */
  readonly pattern?: true;
}

function compilerWith({ routes = 0, hosts = 0, alike = 0, pattern }: There) {
  const edits: CompilerEdit[] = [];
  const add = (kind: string, name: string, spec: object) =>
    edits.push({ kind: "object", key: `${kind} ${name}`, value: rawResource(kind, "v3alpha1", spec, { name }) });
  const host = (name: string, hostname: string, secret: string) => {
    add("Host", name, { hostname, tlsSecret: { name: secret } });
    const value = rawObject(
      "Secret",
      "v1",
      { stringData: { "tls.crt": certificate, "tls.key": key } },
      { name: secret },
    );
    edits.push({ kind: "object", key: `Secret ${secret}`, value });
  };
  const hostBinding = { namespace: { from: "ALL" } };
  add("Listener", "l", { port: 8443, protocol: "HTTPS", securityModel: "XFP", hostBinding });
  for (let i = 0; i < routes; i++) add("Mapping", `m${i}`, { prefix: `/${i}/`, hostname: "*", service: "s" });
  for (let i = 0; i < hosts; i++) host(`h${i}`, `h${i}.test`, `s${i}`);
  for (let i = 0; i < alike; i++) host(`a${i}`, `a${i}.test`, "alike");
  if (pattern) host("all", "*.test", "pattern");
  const compiler = openCompiler(defaultSettings);
  compiler.apply(edits);
  compiler.commit();
  return compiler;
}

/** What is begun with, and what follows. */
async function choose(there: There): Promise<readonly unknown[]> {
  const { edits, settle } = await prepareChoices(place());
  const pushed: CompilerEdit[] = [];
  await settle(compilerWith(there), async (more) => pushed.push(...more));
  return [...edits, ...pushed].map((edit) => "value" in edit && edit.value);
}

test("few routes are laid out in tables, and few certificates in chains, and that is kept when there are many", async () => {
  assert.deepEqual(await choose({ routes: 3, hosts: 3 }), ["scoped", "by-name", "table", "chains"]);
  assert.deepEqual(await choose({ routes: manyRoutes, hosts: manyCertificates }), ["table", "chains"]);
  const files = await readdir(directory);
  assert.deepEqual(files.sort(), ["certificates.json", "route-tables.json"], "the keeper removes them with the others");
});

test("many routes are laid out in scopes, and that is kept when there are few", async () => {
  assert.deepEqual(await choose({ routes: manyRoutes }), ["scoped", "by-name", "chains"]);
  assert.deepEqual(await choose({ routes: 3 }), ["scoped", "chains"]);
});

test("many certificates are asked for by name, and that is kept when there are few", async () => {
  assert.deepEqual(await choose({ hosts: manyCertificates }), ["scoped", "by-name", "table"]);
  assert.deepEqual(await choose({ hosts: 3 }), ["table", "by-name"]);
});

test("names that share a certificate count as one, and names below a pattern not at all", async () => {
  const few = ["scoped", "by-name", "table", "chains"];
  assert.deepEqual(await choose({ hosts: manyCertificates - 2, alike: manyCertificates }), few);
  for (const file of await readdir(directory)) await rm(join(directory, file));
  assert.deepEqual(await choose({ hosts: manyCertificates, pattern: true }), few);
});

test("a run that outgrows a choice chooses again once nobody is connected, and remembers it", async () => {
  const { settle, outgrow } = await prepareChoices(place());
  await settle(compilerWith({ routes: 3 }), async () => undefined);
  let connected = 2;
  const pushed = Promise.withResolvers<readonly CompilerEdit[]>();
  const growth = {
    compiler: compilerWith({ routes: manyRoutes }),
    push: async (edits: readonly CompilerEdit[]) => pushed.resolve(edits),
    clock: {
      after(_: number, run: () => void) {
        setImmediate(run);
        return () => undefined;
      },
    },
    isConnected: async () => connected-- > 0,
  };
  outgrow(growth);
  outgrow(growth);
  assert.deepEqual(await pushed.promise, [{ kind: "routeTables", value: "scoped" }]);
  assert.equal(connected, -1, "it was asked one after the other");
  assert.deepEqual(await choose({ routes: 3 }), ["scoped", "chains"]);
});

test("nothing is chosen where the operator has, an Envoy cannot, or others would choose, too", async () => {
  const kinds = async (settings: Partial<typeof defaultSettings>, shared = false) =>
    (await prepareChoices({ directory, shared, settings: { ...defaultSettings, ...settings } })).edits.map(
      ({ kind }) => kind,
    );
  assert.deepEqual(await kinds({ routeTables: "pathed" }), ["certificates"]);
  assert.deepEqual(await kinds({ envoyVersion: "1.39" }), ["certificates"]);
  assert.deepEqual(await kinds({ certificates: "chains" }), ["routeTables"]);
  assert.deepEqual(await kinds({}, true), []);
});
