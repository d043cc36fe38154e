/**
 * The probes of the old system through `dragoman run`: Envoy brings them to the admin interface, which tells nobody
 * more than that, whatever the client calls itself, until the Module says so.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Program, startProgram } from "./program.ts";

const material = openMaterial();
const home = mkdtempSync(join(tmpdir(), "dragoman-probes-"));
const programs: Program[] = [];
let closed: number;
let open: number;

before(async () => {
  closed = await start("closed", { server_name: "closed" });
  open = await start("open", { diagnostics: { enabled: true, allow_non_local: true } });
});
after(() => {
  for (const program of programs) program.kill();
  rmSync(home, { recursive: true, force: true });
});

async function start(name: string, config: object): Promise<number> {
  const port = await freePort();
  const manifests = join(home, `${name}.yaml`);
  const metadata = { name: "ambassador" };
  writeFileSync(
    manifests,
    JSON.stringify({ apiVersion: "getambassador.io/v2", kind: "Module", metadata, spec: { config } }),
  );
  const admin = ["--admin-port", String(await freePort())];
  const program = startProgram(["run", manifests, "--state-dir", join(home, name), ...admin, "--port", `8080:${port}`]);
  programs.push(program);
  await program.line(/^ready/);
  return port;
}

async function ask(port: number, path: string, host: string): Promise<string> {
  const request = { url: `http://${host}${path}` };
  const { status, body = "" } = await send(request, () => ({ host: "127.0.0.1", port }), material);
  return `${status} ${body.trim()}`;
}

test("probes are answered under every name", async () => {
  assert.equal(await ask(closed, "/ambassador/v0/check_alive", "shop.test"), "200 alive");
  assert.equal(await ask(closed, "/ambassador/v0/check_ready", "localhost"), "200 ready");
});

for (const host of ["shop.test", "localhost", "127.0.0.1"]) {
  test(`a client that calls the gateway ${host} is not taken for this machine`, async () => {
    for (const path of ["/ambassador/v0/diag/", "/ambassador/v0/diag/../../../metrics", "/ambassador/v0/%2e%2e/v0/x"]) {
      assert.match(await ask(closed, path, host), /^(?:403 only for this machine|404 ?)$/);
    }
  });
}

test("the diagnostics are for everyone where the Module says so", async () => {
  const answer = await ask(open, "/ambassador/v0/diag/?json=true", "shop.test");
  assert.match(answer, /^200 /);
  const { system, errors } = JSON.parse(answer.slice(4)) as { system: { ambassador_id: string }; errors: unknown[] };
  assert.deepEqual([system.ambassador_id, errors], ["default", []]);
  assert.equal(await ask(open, "/ambassador/v0/metrics", "shop.test"), "403 only for this machine");
});
