/**
 * A Lua script that only Envoy can judge, through `dragoman run`: it costs itself alone, at the start, later, together
 * with another edit and when it comes back; and nothing of it is in the log.
 */
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Seen, send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Program, startProgram } from "./program.ts";

const material = openMaterial();
const home = mkdtempSync(join(tmpdir(), "dragoman-refused-"));
const manifests = join(home, "manifests.yaml");
let gateway: Program;
let port: number;

before(async () => {
  port = await freePort();
  write({ server: "one", lua: "1", broken: true });
  gateway = startProgram([
    ...["run", manifests, "--state-dir", join(home, "state"), "--admin-port", String(await freePort())],
    ...["--port", `8080:${port}`],
  ]);
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  rmSync(home, { recursive: true, force: true });
});

interface Scene {
  /** What listeners say they are: an edit of the listener's own bytes. */
  readonly server: string;
  readonly lua: string;
  readonly broken?: boolean;
}

function write({ server, lua, broken }: Scene): void {
  const module = { server_name: server, lua_scripts: script(lua, broken), ip_deny: [{ peer: "192.0.2.1" }] };
  const documents = [
    ["Module", "ambassador", { config: module }],
    ["Mapping", "shop", { prefix: "/", service: "127.0.0.1:1" }],
  ].map(([kind, name, spec]) => ({ apiVersion: "getambassador.io/v2", kind, metadata: { name }, spec }));
  writeFileSync(`${manifests}.tmp`, documents.map((document) => JSON.stringify(document)).join("\n---\n"));
  renameSync(`${manifests}.tmp`, manifests);
}

/** Adding nil to a text is an error when the script is loaded. */
function script(value: string, broken = false): string {
  const secret = `local secret = "hunter2"${broken ? " .. nil" : ""}`;
  return `${secret}\nfunction envoy_on_response(handle) handle:headers():add("x-lua", "${value}") end`;
}

/** Asks until the answer carries these; a listener that is replaced drains, so that both may take a moment. */
async function until(server: string, lua: string | undefined): Promise<void> {
  const header = (seen: Seen, name: string) => seen.headers.find(([other]) => other === name)?.[1];
  for (const start = performance.now(); ; await pause(5)) {
    const seen = await send({ url: "http://shop.test/" }, () => ({ host: "127.0.0.1", port }), material);
    if (header(seen, "server") === server && header(seen, "x-lua") === lua) return;
    if (performance.now() - start > 20_000) assert.fail(`still ${JSON.stringify(seen)}\n${gateway.output()}`);
  }
}

const told = (): number => gateway.output().match(/\[envoy\/refused\].*lua_scripts: Envoy/g)?.length ?? 0;

async function untilTold(times: number): Promise<void> {
  await gateway.said(new RegExp(`(?:\\[envoy/refused\\][^]*?lua_scripts: Envoy[^]*?){${times}}`));
  assert.equal(told(), times);
}

test("at the start the script does not run, and everything else does", async () => {
  await until("one", undefined);
  await untilTold(1);
});

test("once it is right it runs", async () => {
  write({ server: "two", lua: "2" });
  await until("two", "2");
});

test("a bad one together with an edit of the listener: the edit is served, the script is the one before", async () => {
  write({ server: "three", lua: "3", broken: true });
  await until("three", "2");
  await untilTold(2);
});

test("a bad one that was refused before is told again when it comes back", async () => {
  write({ server: "four", lua: "4" });
  await until("four", "4");
  write({ server: "five", lua: "3", broken: true });
  await until("five", "4");
  await untilTold(3);
});

test("nothing of the script is in the log, and nothing is left running", async () => {
  const { left } = await gateway.interrupt();
  assert.deepEqual(left, []);
  assert.doesNotMatch(gateway.output(), /hunter2/);
  assert.doesNotMatch(gateway.output(), /refuses the listener/);
});
