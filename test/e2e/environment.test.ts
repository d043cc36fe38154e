/** `dragoman run` as the old containers were started: no arguments, everything from the environment. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Program, startProgram } from "./program.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-environment-"));
let gateway: Program;
let port: number;

before(async () => {
  port = await freePort();
  const documents = [
    { namespace: "edge", name: "ours", ambassador_id: ["blue"] },
    { namespace: "edge", name: "theirs", ambassador_id: ["green"] },
    { namespace: "shops", name: "foreign", ambassador_id: ["blue"] },
  ].map(({ namespace, name, ambassador_id }) => ({
    apiVersion: "getambassador.io/v2",
    kind: "Mapping",
    metadata: { namespace, name },
    spec: { ambassador_id, prefix: `/${name}/`, host_redirect: true, service: `${name}.test` },
  }));
  writeFileSync(join(home, "manifests.yaml"), documents.map((document) => JSON.stringify(document)).join("\n---\n"));
  const env = {
    ...process.env,
    AMBASSADOR_CONFIG_DIR: home,
    AMBASSADOR_ID: "blue",
    AMBASSADOR_NAMESPACE: "edge",
    AMBASSADOR_SINGLE_NAMESPACE: "true",
    AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1",
    AMBASSADOR_FORCE_SECRET_VALIDATION: "true",
    ENVOY_CONCURRENCY: "1",
  };
  gateway = startProgram(["run", "--state-dir", join(home, "state"), "--port", `8080:${port}`], { env });
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  rmSync(home, { recursive: true, force: true });
});

async function location(path: string): Promise<unknown> {
  const request = { url: `http://gateway.test${path}` };
  const { status, headers } = await send(request, () => ({ host: "127.0.0.1", port }), openMaterial());
  return status === 301 ? headers.find(([name]) => name === "location")?.[1] : status;
}

test("what the environment leaves in is served, and nothing else", async () => {
  assert.equal(await location("/ours/"), "http://ours.test/ours/");
  assert.equal(await location("/theirs/"), 404);
  assert.equal(await location("/foreign/"), 404);
});

test("a variable without an effect is named once", async () => {
  await gateway.said(/AMBASSADOR_FORCE_SECRET_VALIDATION has no effect: Secrets are always validated/);
  assert.equal(gateway.output().match(/AMBASSADOR_FORCE_SECRET_VALIDATION/g)?.length, 1);
});
