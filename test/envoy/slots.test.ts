/** Filter slots on a live connection: no-op, policy, no-op, for every policy, with nothing else disturbed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { after, before, test } from "node:test";
import { compile, defaultSettings, type Encoded, type RawObject } from "#compiler";
import { policies } from "../../src/compiler/policies/index.ts";
import { rawResource } from "../raw-object.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";
import { openMaterial } from "./material.ts";
import { openUpstreams, type Upstreams } from "./upstream.ts";

const material = openMaterial();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let envoy: TestEnvoy;
let upstreams: Upstreams;
let port: number;
let backend: number;

before(async () => {
  envoy = await startEnvoy();
  upstreams = openUpstreams(material);
  backend = await upstreams.open({ name: "u", kind: "http" });
  port = await freePort();
});
after(async () => {
  agent.destroy();
  await envoy.close();
  await upstreams.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** What the upstream saw, if it was reached. */
  readonly seen: Readonly<Record<string, string>>;
  /** The client's end of the connection. */
  readonly connection: number | undefined;
}

interface Scene {
  readonly config: object;
  /** What asks beside the Module. */
  readonly own?: readonly RawObject[];
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly look: (answer: Answer) => unknown;
  readonly off: unknown;
  readonly on: unknown;
  /** Once it is off again; else as it was. */
  readonly afterwards?: unknown;
}

const grpc = { "content-type": "application/grpc", "x-upstream-headers": "content-type: application/grpc" };
const overridden: Scene = {
  config: {
    error_response_overrides: [{ on_status_code: 404, body: { content_type: "text/css", text_format: "/*" } }],
  },
  headers: { "x-upstream-status": "404" },
  look: ({ headers }) => headers["content-type"],
  off: "text/plain",
  on: "text/css",
};
const scenes: Readonly<Record<string, Scene>> = {
  "grpc-bridge": {
    config: { enable_grpc_http11_bridge: true },
    path: "/shop.Shop/Buy",
    headers: { ...grpc, "x-upstream-trailers": "grpc-status: 5" },
    body: "\0\0\0\0\0",
    look: ({ headers }) => headers["grpc-status"],
    off: undefined,
    on: "5",
  },
  "grpc-web": {
    config: { enable_grpc_web: true },
    path: "/shop.Shop/Buy",
    headers: { ...grpc, "content-type": "application/grpc-web" },
    body: "\0\0\0\0\0",
    look: ({ seen }) => seen["content-type"],
    off: "application/grpc-web",
    on: "application/grpc",
  },
  "grpc-stats": {
    config: { grpc_stats: { all_methods: true } },
    path: "/shop.Shop/Buy",
    headers: { ...grpc, "x-upstream-trailers": "grpc-status: 0" },
    body: "\0\0\0\0\0",
    look: () => counted("cluster\\..*\\.grpc\\..*\\.total"),
    off: 0,
    on: 1,
    afterwards: 1,
  },
  lua: {
    config: { lua_scripts: "function envoy_on_response(h) h:headers():add('x-lua', 'yes') end" },
    look: ({ headers }) => headers["x-lua"],
    off: undefined,
    on: "yes",
  },
  gzip: {
    config: { gzip: { min_content_length: 1 } },
    headers: { "accept-encoding": "gzip" },
    look: ({ headers }) => headers["content-encoding"],
    off: undefined,
    on: "gzip",
  },
  buffer: {
    config: { buffer: { max_request_bytes: 1000 } },
    headers: { "transfer-encoding": "chunked" },
    body: "four",
    look: ({ seen }) => seen["content-length"],
    off: undefined,
    on: "4",
  },
  "ip-allow": {
    config: { ip_deny: [{ peer: "127.0.0.0/8" }] },
    look: ({ status }) => status,
    off: 200,
    on: 403,
  },
  cors: {
    config: { cors: { origins: "https://site.example" } },
    headers: { origin: "https://site.example" },
    look: ({ headers }) => headers["access-control-allow-origin"],
    off: undefined,
    on: "https://site.example",
  },
  auth: {
    config: {},
    // Nobody answers there, so nobody is let through.
    own: [rawResource("AuthService", "v3alpha1", { auth_service: "127.0.0.1:1" })],
    look: ({ status }) => status,
    off: 200,
    on: 403,
  },
  "error-response": overridden,
  "error-response-values": overridden,
  "rate-limit": {
    config: { default_labels: { ambassador: { defaults: [{ generic_key: { value: "any" } }] } } },
    // Nobody answers there, and it says that it must not be done without.
    own: [
      rawResource("RateLimitService", "v3alpha1", {
        service: "127.0.0.1:1",
        protocol_version: "v3",
        failure_mode_deny: true,
      }),
    ],
    look: ({ status }) => status,
    off: 200,
    on: 500,
  },
};

for (const { name } of policies) {
  test(`${name} is switched on and off under a connection that stays`, async () => {
    const scene = scenes[name];
    assert.ok(scene, `there is no scene for ${name}`);
    await serve({});
    const before = await ask(scene);
    const created = await counted("listener_manager\\.listener_(create|modif).*");
    assert.deepEqual(await scene.look(before), scene.off);
    await serve(scene.config, scene.own);
    const during = await ask(scene);
    assert.deepEqual(await scene.look(during), scene.on);
    await serve({});
    const afterwards = await ask(scene);
    assert.deepEqual(await scene.look(afterwards), "afterwards" in scene ? scene.afterwards : scene.off);
    assert.deepEqual([during.connection, afterwards.connection], [before.connection, before.connection]);
    assert.equal(await counted("listener_manager\\.listener_(create|modif).*"), created);
  });
}

test("a script that Envoy refuses leaves the previous one at work", async () => {
  const scene = scenes["lua"];
  assert.ok(scene);
  await serve(scene.config);
  const before = await ask(scene);
  // Only running it can tell that this is wrong, and Envoy runs a script once to load it.
  await assert.rejects(serve({ lua_scripts: "envoy_on_response = nil .. nil" }), {
    name: "Refused",
    message: /script load error/,
  });
  const afterwards = await ask(scene);
  assert.deepEqual([before, afterwards].map(scene.look), ["yes", "yes"]);
  assert.equal(afterwards.connection, before.connection);
});

function serve(config: object, own?: readonly RawObject[]): Promise<void> {
  return envoy.serve(resourcesOf(config, own));
}

function resourcesOf(config: object, own?: readonly RawObject[]): readonly Encoded[] {
  const service = `127.0.0.1:${backend}`;
  const objects = [
    ...(own ?? []),
    rawResource("Module", "v2", { config }, { name: "ambassador" }),
    rawResource("Mapping", "v2", { prefix: "/", service }, { name: "plain" }),
    rawResource("Mapping", "v2", { prefix: "/shop.Shop/", rewrite: "", service, grpc: true }, { name: "grpc" }),
  ];
  const settings = { ...defaultSettings, ports: { "8080": port } };
  const keyed = objects.map((object) => [object.ref.name, object] as const);
  const { resources, diagnostics } = compile(keyed, { settings });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error"),
    [],
  );
  return resources;
}

async function ask({ path = "/", headers = {}, body }: Scene): Promise<Answer> {
  upstreams.take();
  const method = body === undefined ? "GET" : "POST";
  const outgoing = request({ host: "127.0.0.1", port, path, method, headers, agent });
  const connected = once(outgoing, "socket");
  outgoing.end(body);
  const [socket] = await connected;
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const connection: number | undefined = socket.localPort;
  response.resume();
  await once(response, "end");
  const [receipt] = upstreams.take();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    seen: Object.fromEntries(receipt?.headers ?? []),
    connection,
  };
}

/** The sum of Envoy's counters of these names. */
async function counted(names: string): Promise<number> {
  const stats = await envoy.admin(`/stats?usedonly&filter=${encodeURIComponent(`^${names}$`)}`);
  return [...stats.matchAll(/: (\d+)$/gm)].reduce((sum, [, value]) => sum + Number(value), 0);
}
