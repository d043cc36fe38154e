/**
 * The admin port where the variables of the old system put it: other machines get what they need to watch over this
 * one, and no header makes them this machine.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerOf } from "../answer.ts";
import { freePort } from "../envoy/free-port.ts";
import { type LentAddress, lendAddress } from "../kube/addresses.ts";
import { type Program, startProgram } from "./program.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-admin-address-"));
let gateway: Program;
let elsewhere: LentAddress;
let admin: number;

before(async () => {
  elsewhere = await lendAddress();
  const manifests = join(home, "manifests.yaml");
  const metadata = { name: "one" };
  const spec = { prefix: "/one/", service: "one.test" };
  writeFileSync(manifests, JSON.stringify({ apiVersion: "getambassador.io/v2", kind: "Mapping", metadata, spec }));
  admin = await freePort();
  const env = {
    ...process.env,
    AMBASSADOR_HEALTHCHECK_BIND_PORT: String(admin),
    AMBASSADOR_HEALTHCHECK_BIND_ADDRESS: "0.0.0.0",
    AMBASSADOR_HEALTHCHECK_IP_FAMILY: "ANY",
    AMBASSADOR_DISABLE_SNAPSHOT_SERVER: "true",
  };
  const ports = ["--port", `8080:${await freePort()}`, "--snapshot-port", String(await freePort())];
  gateway = startProgram(["run", manifests, "--state-dir", join(home, "state"), ...ports], { env });
  assert.equal(await gateway.line(/^ready/), `ready admin http://127.0.0.1:${admin}`);
});
after(async () => {
  gateway.kill();
  await elsewhere.giveBack();
  rmSync(home, { recursive: true, force: true });
});

async function ask(path: string, host: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  // What a connection goes to on this machine, it comes from too.
  return (await answerOf({ host, port: admin, path, headers })).status;
}

test("this machine is answered everything", async () => {
  for (const path of ["/ambassador/v0/check_ready", "/metrics", "/ambassador/v0/diag/?json=true", "/debug"]) {
    assert.equal(await ask(path, "127.0.0.1"), 200, path);
  }
});

test("another machine is answered probes and metrics under every name, and nothing else under any", async () => {
  for (const headers of [{}, { host: "localhost" }, { host: "127.0.0.1", "x-ambassador-diag-ip": "127.0.0.1" }]) {
    for (const path of ["/ambassador/v0/check_alive", "/ambassador/v0/check_ready", "/healthz", "/metrics"]) {
      assert.equal(await ask(path, elsewhere.address, headers), 200, path);
    }
    for (const path of ["/ambassador/v0/diag/?json=true", "/debug", "/routes", "/debug/graph/admit/x"]) {
      assert.equal(await ask(path, elsewhere.address, headers), 403, path);
    }
  }
});
