/**
 * Services in Consul through `dragoman run` and a real Envoy's traffic: instances come, change and go, Consul loses its
 * memory, dies and comes back, and control is started again; and no other resource is touched by any of it.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../envoy/free-port.ts";
import { type ConsulAgent, startConsulAgent } from "../processes/consul-agent.ts";
import { get } from "../processes/served-envoy.ts";
import { type Program, startProgram } from "./program.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-consul-"));
const servers: Server[] = [];
const ports = new Map<string, number>();
let consul: ConsulAgent;
let gateway: Program;
let port: number;
let admin: number;

before(async () => {
  consul = await startConsulAgent({ port: await freePort() });
  for (const name of ["one", "two", "three"]) ports.set(name, await startInstance(name));
  port = await freePort();
  admin = await freePort();
  const manifests = join(home, "manifests.yaml");
  writeFileSync(manifests, documents().join("\n---\n"));
  gateway = startProgram(
    [
      ...["run", manifests, "--state-dir", join(home, "state"), "--admin-port", String(admin)],
      ...["--port", `8080:${port}`],
    ],
    { env: { ...process.env, CONSUL_HTTP_TOKEN: "hunter2", DRAGOMAN_EXPAND_ENV: "AGENT", AGENT: consul.url } },
  );
  await gateway.line(/^ready/);
});
after(async () => {
  gateway.kill();
  for (const server of servers) server.close();
  await consul.stop();
  rmSync(home, { recursive: true, force: true });
});

async function startInstance(name: string): Promise<number> {
  const server = createServer((_, response) => response.end(name));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function documents(): readonly string[] {
  const balanced = { policy: "ring_hash", header: "x-user" };
  return [
    ["ConsulResolver", "dc1", { address: "$AGENT", datacenter: "dc1" }],
    ["Mapping", "cart", { hostname: "*", prefix: "/cart/", service: "cart", resolver: "dc1" }],
    [
      "Mapping",
      "sticky",
      { hostname: "*", prefix: "/sticky/", service: "cart", resolver: "dc1", load_balancer: balanced },
    ],
  ].map(([kind, name, spec]) =>
    JSON.stringify({ apiVersion: "getambassador.io/v3alpha1", kind, metadata: { name }, spec }),
  );
}

function register(...names: readonly string[]): void {
  consul.register(
    "cart",
    names.map((name) => ({ id: name, port: ports.get(name) ?? 0 })),
  );
}

/** Asks until each of these instances, and no other, has answered its share of some requests in a row. */
async function reaches(...expected: readonly string[]): Promise<void> {
  for (const start = performance.now(); ; await pause(5)) {
    const answers: string[] = [];
    while (answers.length < 6) answers.push(await get(port, "/cart/"));
    if ([...new Set(answers)].sort().join() === [...expected].sort().join()) return;
    if (performance.now() - start > 30_000) assert.fail(`still ${answers}\n${gateway.output()}`);
  }
}

/** How often Envoy has taken in a table of routes or a listener. */
async function othersTouched(): Promise<readonly (readonly [name: string, count: number])[]> {
  const metrics = await get(admin, "/metrics");
  const found = metrics.matchAll(/^dragoman_xds_responses_total\{type="(routes|listener|cluster)"\} (\d+)/gm);
  return [...found].map(([, name = "", count]) => [name, Number(count)] as const);
}

let touched: Awaited<ReturnType<typeof othersTouched>>;

test("a service without instances answers 503, and is told", async () => {
  assert.match(await get(port, "/cart/"), /^503 no healthy upstream/);
  await gateway.said(/resolver\/no-instances\].*knows no passing instance in datacenter dc1 of "cart"/);
  touched = await othersTouched();
  assert.equal(touched.length, 3);
});

test("an instance comes", async () => {
  register("one");
  await reaches("200 one");
});

test("another comes, and one that does not pass", async () => {
  consul.register("cart", [
    { id: "one", port: ports.get("one") ?? 0 },
    { id: "two", port: ports.get("two") ?? 0 },
    { id: "three", port: ports.get("three") ?? 0, status: "critical" },
  ]);
  await reaches("200 one", "200 two");
});

test("one goes and another takes its place, by its node's address", async () => {
  consul.register("cart", [
    { id: "two", port: ports.get("two") ?? 0 },
    { id: "three", address: "", node: "127.0.0.1", port: ports.get("three") ?? 0 },
  ]);
  await reaches("200 two", "200 three");
});

test("an instance with a name is looked up, one without a port is told", async () => {
  consul.register("cart", [
    { id: "one", address: "localhost", port: ports.get("one") ?? 0 },
    { id: "portless", port: 0 },
  ]);
  await reaches("200 one");
  await gateway.said(/resolver\/unusable-instance\].*instances of cart in Consul cannot be used: portless has no port/);
});

test("Consul's index goes back", async () => {
  await consul.until(() => consul.waiting() === 1);
  consul.restore(2);
  await consul.until(() => consul.waiting() === 1 && consul.questions.at(-1)?.index === 2);
  await reaches("200 one");
  register("two");
  await reaches("200 two");
});

test("Consul fails: the last instances go on", async () => {
  consul.refuse({ status: 500, body: "No cluster leader" });
  await gateway.said(
    /resolver\/last-answer\].*no longer says where to find "cart": it answers 500 \(No cluster leader\)/,
  );
  await reaches("200 two");
  consul.refuse(undefined);
});

test("Consul dies and comes back with other instances", async () => {
  await consul.until(() => consul.waiting() === 1);
  await consul.stop();
  await gateway.said(/no longer says where to find "cart": nothing listens there/);
  await reaches("200 two");
  register("three");
  await consul.start();
  await reaches("200 three");
});

test("endpoints were all that was ever sent", async () => {
  assert.deepEqual(await othersTouched(), touched);
});

test("the token was sent to Consul and is in no log", async () => {
  assert.equal(consul.questions.at(-1)?.token, "hunter2");
  assert.doesNotMatch(gateway.output(), /hunter2/);
  const { left } = await gateway.interrupt();
  assert.deepEqual(left, []);
});
