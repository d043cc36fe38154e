/** The choice between AuthServices while Envoy's resources are of different ages: nothing is ever open. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { after, before, test } from "node:test";
import { compile, defaultSettings, type Encoded } from "#compiler";
import { rawResource } from "../raw-object.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";
import { openMaterial } from "./material.ts";
import { openUpstreams, type Upstreams } from "./upstream.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const names = ["shop", "usual", "staff", "others"] as const;
const ports: Partial<Record<(typeof names)[number], number>> = {};
let envoy: TestEnvoy;
let upstreams: Upstreams;
let port: number;
/** The client's ends of all connections. */
const connections = new Set<number | undefined>();

before(async () => {
  envoy = await startEnvoy();
  upstreams = openUpstreams(openMaterial());
  for (const name of names) ports[name] = await upstreams.open({ name, kind: "http" });
  port = await freePort();
});
after(async () => {
  agent.destroy();
  await envoy.close();
  await upstreams.close();
});

/** What Envoy gets while these AuthServices exist and these are named by a Mapping of their own. */
function resources(services: readonly string[], named: readonly string[]): readonly Encoded[] {
  const at = (name: string) => `127.0.0.1:${ports[name as "shop"]}`;
  const mapping = (name: string, spec: object) =>
    rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: `/${name}/`, service: at("shop"), ...spec }, { name });
  const objects = [
    ...services.map((name) =>
      rawResource("AuthService", "v3alpha1", { auth_service: at(name) }, { name: sorted(name) }),
    ),
    ...named.map((name) => mapping(name, { auth_service: sorted(name) })),
    mapping("rest", {}),
  ];
  const keyed = objects.map((object, index) => [String(index), object] as const);
  return compile(keyed, { settings: { ...defaultSettings, ports: { "8080": port } } }).resources;
}

/** The first by its name is the default. */
function sorted(name: string): string {
  return name === "usual" ? "a-usual" : name;
}

function mixed(routes: readonly Encoded[], slots: readonly Encoded[]): readonly Encoded[] {
  const clusters = new Map(
    [...routes, ...slots].filter(({ type }) => type === "cluster").map((one) => [one.name, one]),
  );
  const others = routes.filter(({ type }) => type !== "cluster" && type !== "extension");
  return [...clusters.values(), ...slots.filter(({ type }) => type === "extension"), ...others];
}

async function asked(path: string): Promise<unknown> {
  upstreams.take();
  const outgoing = request({ host: "127.0.0.1", port, path, agent }).end();
  const [response] = await once(outgoing, "response");
  connections.add(outgoing.socket?.localPort);
  response.resume();
  await once(response, "end");
  return [response.statusCode, ...upstreams.take().map(({ upstream }) => upstream)];
}

test("routes that are newer than the slot ask the default", async () => {
  await envoy.serve(mixed(resources(["usual", "staff"], ["staff"]), resources(["usual"], [])));
  assert.deepEqual(await asked("/staff/"), [200, "usual", "shop"]);
});

test("routes that name a service which the choice does not know are denied, and others are not", async () => {
  const slots = resources(["usual", "others"], ["others"]);
  await envoy.serve(mixed(resources(["usual", "staff", "others"], ["staff", "others"]), slots));
  assert.deepEqual(await asked("/staff/"), [403]);
  assert.deepEqual(await asked("/others/"), [200, "others", "shop"]);
  assert.deepEqual(await asked("/rest/"), [200, "usual", "shop"]);
});

test("routes that are older than the slot ask the default", async () => {
  await envoy.serve(mixed(resources(["usual"], ["nobody"]), resources(["usual", "staff"], ["staff"])));
  assert.deepEqual(await asked("/rest/"), [200, "usual", "shop"]);
  assert.deepEqual(await asked("/nobody/"), [403]);
});

test("without its cluster a service that is named lets nobody through", async () => {
  const all = resources(["usual", "staff"], ["staff"]);
  await envoy.serve(all);
  assert.deepEqual(await asked("/staff/"), [200, "staff", "shop"]);
  const isTheirs = ({ type, name }: Encoded) => type === "cluster" && name.startsWith(`127.0.0.1:${ports.staff}`);
  await envoy.serve(all.filter((one) => !isTheirs(one)));
  assert.deepEqual(await asked("/staff/"), [403]);
  assert.deepEqual(await asked("/rest/"), [200, "usual", "shop"]);
});

test("all of this happens under one connection", () => {
  assert.equal(connections.size, 1);
});
