/**
 * Markers in every place that can hold a secret, and a search for them in everything that the product says: to people,
 * to programs, to its log, to its admin interface, and into files that are not for their owner alone.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { diagnosticJson, diagnosticLine, renderDiagnostic } from "#base/render-diagnostic.ts";
import { compile, encodedBytes, isKnownKind } from "#compiler";
import { resourceJson } from "../../src/compiler/view.ts";
import { readFiles } from "../../src/control/sources/files/files.ts";
import { dragoman } from "../cli/dragoman.ts";
import { startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { openCanaries } from "./canaries.ts";
import { secretFiles, servedFile } from "./secret-files.ts";

const canaries = openCanaries();
const material = openMaterial();
const files = secretFiles(canaries, material);
let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-secrets-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
});
after(() => rm(directory, { recursive: true, force: true }));

/** Fails with the beginning of the line that holds a marker. */
function assertClean(what: string, text: string): void {
  const lines = text.split("\n").filter((line) => canaries.foundIn(line).length > 0);
  assert.deepEqual(
    lines.slice(0, 20).map((line) => line.slice(0, 400)),
    [],
    what,
  );
  assert.deepEqual(canaries.foundIn(text), [], what);
}

test("markers are found in every form", () => {
  const marker = canaries.mark();
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  for (const form of [marker, base64(marker), base64(`a${marker}`), base64(`ab${marker}c`), `{"a":"${marker}"}`]) {
    assert.deepEqual(canaries.foundIn(`before ${form} after`), [marker], form);
  }
});

test("diagnostics hold none, in any form", async () => {
  const reading = await readFiles([directory], { isKnownKind });
  const objects = reading.edits.flatMap(({ key, value }) => (value ? [[key, value] as const] : []));
  const { diagnostics, resources } = compile(objects);
  const all = [...reading.diagnostics, ...diagnostics];
  assert.ok(all.length > 100);
  const { locate } = reading;
  assertClean("text", all.map((one) => renderDiagnostic(one, { locate })).join("\n"));
  assertClean("JSON", all.map((one) => JSON.stringify(diagnosticJson(one, locate))).join("\n"));
  assertClean("lines", all.map((one) => diagnosticLine(one, locate)).join("\n"));
  assertClean("unrendered", all.map((one) => JSON.stringify(one)).join("\n"));
  // What Envoy sends to an AuthService, it must be told.
  const others = resources.filter(({ type }) => type !== "secret" && type !== "extension");
  for (const one of resources) assertClean(`view of ${one.type} ${one.name}`, JSON.stringify(resourceJson(one)));
  for (const one of others) assertClean(`${one.type} ${one.name}`, Buffer.from(encodedBytes(one)).toString("latin1"));
  const served = resources.filter(({ type, name }) => type === "secret" && name === "default/shop");
  assert.equal(served.length, 1, "the one good certificate is served");
});

test("no command shows any", { timeout: 120_000 }, async () => {
  const rotated = join(await mkdtemp(join(tmpdir(), "dragoman-secrets-rotated-")), "served.yaml");
  await writeFile(rotated, servedFile(canaries, material, "rotated")["served.yaml"] ?? "");
  const commands: readonly (readonly string[])[] = [
    ["lint", directory],
    ["lint", "--format", "json", directory],
    ...["resources", "ir", "envoy"].flatMap((depth) =>
      ["yaml", "json"].map((format) => ["compile", "--emit", depth, "--format", format, directory]),
    ),
    ["why", "GET https://shop.test/", directory],
    ["why", "--format", "json", "GET https://shop.test/", directory],
    ["routes", directory],
    ["routes", "--format", "json", directory],
    ["diff", join(directory, "served.yaml"), rotated],
    ["diff", "--format", "json", rotated, directory],
  ];
  for (const args of commands) {
    const { status, stdout, stderr } = await dragoman(args);
    assert.ok(status === 0 || status === 1, `${args.join(" ")}: ${stderr}`);
    assert.notEqual(stdout + stderr, "");
    assertClean(args.join(" "), `${stdout}\n${stderr}`);
  }
  await rm(dirname(rotated), { recursive: true });
});

test("a running instance shows none, and keeps them from others", { timeout: 120_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), "dragoman-secrets-run-"));
  const admin = await freePort();
  const gateway = startProgram(
    [
      ...["run", directory, "--log-level", "debug", "--log-format", "json", "--state-dir", join(home, "state")],
      ...["--admin-port", String(admin), "--port", `8443:${await freePort()}`, "--port", `8080:${await freePort()}`],
    ],
    { env: { ...process.env, TMPDIR: home, XDG_RUNTIME_DIR: home, XDG_STATE_HOME: home } },
  );
  try {
    await gateway.line(/^ready/);
    // A bad version of what is served: its last good one, with the key, has to be kept.
    await writeFile(
      join(directory, "served.yaml"),
      files["served.yaml"]?.replace('"data"', '"stringData": 5, "data"') ?? "",
    );
    await gateway.said(/last good version/);
    for (const path of await adminPaths(admin)) {
      const answer = await fetch(`http://127.0.0.1:${admin}${path}`);
      assertClean(path, await answer.text());
    }
    await gateway.interrupt();
    assertClean("the log", gateway.output());
    const kept = await withMarkers(home);
    assert.ok(kept.length > 0, "the last good version is kept");
    assert.deepEqual(
      kept.filter(({ mode }) => (mode & 0o077) !== 0),
      [],
    );
  } finally {
    gateway.kill();
    await rm(home, { recursive: true, force: true });
  }
});

/** What the admin interface shows, and what it knows about the steps that see secrets. */
async function adminPaths(port: number): Promise<readonly string[]> {
  const key = encodeURIComponent("default/shop");
  const steps = ["Secrets", "admit", "link.Secret", "emit.Secret", "secret uses", "objects", "last good"];
  const graph = steps.flatMap((step) =>
    [key, encodeURIComponent("Secret./default/shop")].map((of) => `/debug/graph/${encodeURIComponent(step)}/${of}`),
  );
  const found = await fetch(`http://127.0.0.1:${port}/debug/graph/Secrets/${key}`);
  assert.equal(found.status, 200, "the step is shown");
  return ["/", "/healthz", "/metrics", "/why", "/routes", "/ambassador/v0/check_ready", ...graph];
}

/** Files that hold markers. */
async function withMarkers(home: string): Promise<readonly { readonly path: string; readonly mode: number }[]> {
  const found: { path: string; mode: number }[] = [];
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    if (canaries.foundIn(await readFile(path, "latin1")).length > 0) found.push({ path, mode });
  }
  return found;
}
