/**
 * Two hundred malformed files beside a good directory: everything good serves, everything bad is told with file, line
 * and field, and Envoy never gets to see what it would refuse.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { DiagnosticJson } from "#base/render-diagnostic.ts";
import { defaultSettings, type Settings } from "#compiler";
import { startProgram } from "../e2e/program.ts";
import type { AddressOf } from "../envoy/client.ts";
import { startEnvoy, type TestEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { openUpstreams } from "../envoy/upstream.ts";
import { compileWith } from "./alone.ts";
import { checkGood, goodFiles, goodPorts } from "./good.ts";
import { malformed } from "./malformed.ts";
import type { Malformed } from "./malformed-file.ts";

const program = join(import.meta.dirname, "..", "..", "bin", "dragoman");
const material = openMaterial();
const upstreams = openUpstreams(material);
const ports: Record<string, number> = {};
const addressOf: AddressOf = (port) => ({ host: "127.0.0.1", port: ports[port] ?? 0 });
let directory: string;
let envoy: TestEnvoy;
let settings: Settings;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-bad-input-"));
  await mkdir(join(directory, "good"));
  await mkdir(join(directory, "malformed"));
  for (const [name, text] of Object.entries(await goodFiles(material, upstreams))) {
    await writeFile(join(directory, "good", name), text);
  }
  for (const port of goodPorts) ports[port] = await freePort();
  settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports };
  envoy = await startEnvoy();
});

after(async () => {
  await envoy.close();
  await upstreams.close();
  await rm(directory, { recursive: true, force: true });
});

/** What is missing in what was said about a file. */
function problemsOf({ field, name }: Malformed, said: readonly string[]): readonly string[] {
  const named = said.some((one) => (field === "" ? true : one.includes(` ${field}`) || one.includes(field)));
  return named ? [] : [`${name}: nothing names ${field || "the document"}: ${said.join("; ") || "nothing at all"}`];
}

test("there are two hundred of them", () => {
  assert.ok(malformed().length >= 200);
});

test("each alone is told at its field, and Envoy takes what is left", { timeout: 240_000 }, async () => {
  const problems: string[] = [];
  for (const [i, bad] of malformed().entries()) {
    const { resources, said, located } = await compileWith(
      join(directory, "good"),
      join(directory, "malformed"),
      bad,
      settings,
    );
    problems.push(...problemsOf(bad, said));
    if (!located) problems.push(`${bad.name}: something is told without its line`);
    if (said.some((one) => /^(envoy|internal)\//.test(one))) problems.push(`${bad.name}: found too late: ${said}`);
    await envoy.serve(resources).catch((error: Error) => problems.push(`${bad.name}: ${error.message}`));
    if (i % 25 === 0) await checkGood(addressOf, material);
  }
  await checkGood(addressOf, material);
  assert.deepEqual(problems, []);
});

const mebibyte = 1 << 20;

test("all at once are told by lint", { timeout: 60_000 }, async () => {
  await writeAll();
  const lint = spawnSync(program, ["lint", "--format", "json", join(directory, "good"), join(directory, "malformed")], {
    encoding: "utf8",
    maxBuffer: 64 * mebibyte,
  });
  assert.equal(lint.status, 1, lint.stderr);
  const found = lint.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as DiagnosticJson);
  const problems = malformed().flatMap((bad) => {
    const own = found.filter(({ file }) => file?.endsWith(`/malformed/${bad.name}.yaml`));
    return problemsOf(
      bad,
      own.map(({ code, field }) => `${code} ${field}`),
    );
  });
  assert.deepEqual(problems, []);
});

test("all at once leave everything good to be served", { timeout: 120_000 }, async () => {
  await writeAll();
  await envoy.serve([]);
  const gateway = startProgram(
    [
      ...["run", join(directory, "good"), join(directory, "malformed"), "--state-dir", join(directory, "state")],
      ...["--admin-port", String(await freePort())],
      ...goodPorts.flatMap((port) => ["--port", `${port}:${ports[port]}`]),
    ],
    { env: { ...process.env, AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1" } },
  );
  try {
    const ready = await gateway.line(/^ready/);
    await checkGood(addressOf, material);
    const metrics = await fetch(`${/http:\S+/.exec(ready)?.[0]}/metrics`);
    assert.match(await metrics.text(), /^dragoman_xds_refusals_total 0$/m);
    const peak = gateway.resident(/ control /).most;
    assert.ok(peak < 400 * mebibyte, `control has held ${Math.round(peak / mebibyte)} MiB`);
    assert.deepEqual(await gateway.interrupt(), { code: 0, left: [] });
  } finally {
    gateway.kill();
  }
});

async function writeAll(): Promise<void> {
  for (const bad of malformed()) await writeFile(join(directory, "malformed", `${bad.name}.yaml`), bad.content);
}
