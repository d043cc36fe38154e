/** Another shape of route tables under a real Envoy that goes on: its listeners change, and no request is lost. */

import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type CompilerEdit, defaultSettings, openCompiler, type RouteTables } from "#compiler";
import { answerOf } from "../answer.ts";
import { freePort } from "../envoy/free-port.ts";
import { rawResource } from "../raw-object.ts";
import { type ServedEnvoy, startServedEnvoy } from "./served-envoy.ts";

let envoy: ServedEnvoy;
let port: number;
const kept = new Agent({ keepAlive: true, maxSockets: 1 });
const compiler = openCompiler();

before(async () => {
  port = await freePort();
  envoy = await startServedEnvoy({}, { drainSeconds: 1 });
});
after(async () => {
  kept.destroy();
  await envoy.close();
});

async function serve(...edits: readonly CompilerEdit[]): Promise<void> {
  compiler.apply(edits);
  await envoy.xds.whenAcknowledged(envoy.xds.update(compiler.commit().resources));
}

const inShape = (routeTables: RouteTables): CompilerEdit => {
  const ports = { "8080": port };
  return { kind: "settings", value: { ...defaultSettings, bindAddress: "127.0.0.1", ports, routeTables } };
};
const listener = { port: 8080, protocol: "HTTP", securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } };
const listens: CompilerEdit = { kind: "object", key: "l", value: rawResource("Listener", "v3alpha1", listener) };
const objects: readonly CompilerEdit[] = [
  listens,
  ...["a.test", "*"].map((hostname, i): CompilerEdit => {
    const spec = { hostname, requestPolicy: { insecure: { action: "Route" } } };
    return { kind: "object", key: `h${i}`, value: rawResource("Host", "v3alpha1", spec, { name: `h${i}` }) };
  }),
  ...["a.test", "*"].map((hostname, i): CompilerEdit => {
    const spec = { hostname, prefix: "/", host_redirect: true, service: `told-${i}.test` };
    return { kind: "object", key: `m${i}`, value: rawResource("Mapping", "v3alpha1", spec, { name: `m${i}` }) };
  }),
];

async function ask(host: string, agent?: Agent): Promise<string> {
  const { status, headers } = await answerOf({ port, headers: { host }, ...(agent ? { agent } : {}) });
  return headers.location ?? String(status);
}

async function isServed(agent?: Agent): Promise<void> {
  assert.deepEqual(
    [await ask("a.test", agent), await ask("b.test", agent)],
    ["http://told-0.test/", "http://told-1.test/"],
  );
}

function unlessCut(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET")) throw error;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await pause(10);
}

test("shapes follow each other", async () => {
  compiler.apply([inShape("scoped"), ...objects]);
  envoy.xds.update(compiler.commit().resources);
  envoy.xds.open();
  await until(async () => (await ask("a.test")) === "http://told-0.test/");
  await isServed(kept);
  for (const shape of ["table", "scoped", "pathed", "table"] as const) {
    await serve(inShape(shape));
    for (let round = 0; round < 40; round++) {
      await isServed();
      // When it has been drained for its second it is cut, which may be between a request and its answer.
      await isServed(kept).catch(unlessCut);
      await pause(50);
    }
  }
});

test("a listener that goes and comes is served again", async () => {
  await serve(inShape("scoped"));
  await isServed();
  await serve({ kind: "object", key: "l" });
  await pause(2500);
  const begun = performance.now();
  await serve(listens);
  await until(async () => (await ask("a.test")) === "http://told-0.test/");
  await isServed();
  assert.ok(performance.now() - begun < 10_000);
});
