/**
 * What each kind of edit sends to Envoy, among 1,000 Mappings on 100 Hosts: which resources, in which order, and not
 * more bytes than they have. Over a real stream; the compiler's share alone is in the goldens' `touched.txt`.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CompilerEdit, defaultSettings, encodedBytes, openCompiler, type RawObject } from "#compiler";
import { serveXds, type XdsServer } from "../../src/control/xds/server.ts";
import { generate, mapping, mappingKey, type Shape } from "../bench/generate.ts";
import { type DeltaClient, openDeltaClient, type Received } from "./delta-client.ts";

const shape: Shape = { mappings: 1000, hosts: 100, bound: true, services: 200 };
const byName = ["endpoints", "secret", "extension", "routes"] as const;

const compiler = openCompiler(defaultSettings);
let directory: string;
let xds: XdsServer;
let client: DeltaClient;

const asked = new Set<string>();
const objects = new Map(generate(shape));
const key = (kind: string, name: string): string => `bench.yaml#${kind}/${name}`;
const object = (kind: string, name: string): RawObject => {
  const found = objects.get(key(kind, name));
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const edited = (raw: RawObject, spec: object): RawObject => ({
  ...raw,
  body: { ...raw.body, spec: { ...(raw.body["spec"] as object), ...spec } },
});
const put = (at: string, value: RawObject): CompilerEdit => ({ kind: "object", key: at, value });
const gone = (at: string): CompilerEdit => ({ kind: "object", key: at });
const named = (raw: RawObject, name: string): RawObject => ({ ...raw, ref: { ...raw.ref, name } });

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-edits-"));
  const socketPath = join(directory, "xds.sock");
  xds = await serveXds({ socketPath, order: { removalGraceMs: 0 } });
  client = openDeltaClient(socketPath);
  await serve([...objects].map(([at, value]) => ({ kind: "object", key: at, value })));
});
after(async () => {
  client.close();
  await xds.close();
  await rm(directory, { recursive: true, force: true });
});

/** Commits edits, and gives what was sent until the client had acknowledged everything. */
async function serve(edits: readonly CompilerEdit[]): Promise<readonly Received[]> {
  compiler.apply(edits);
  const number = xds.update(compiler.commit().resources);
  xds.open();
  for (const type of byName) {
    const names = [...xds.snapshot.names(type)].filter((name) => !asked.has(`${type} ${name}`));
    for (const name of names) asked.add(`${type} ${name}`);
    if (names.length > 0) client.subscribe(type, names);
  }
  await xds.whenAcknowledged(number);
  return client.take();
}
/** One response a line; what is removed has a minus, and the hash in a cluster's name is left out. */
function lines(received: readonly Received[]): readonly string[] {
  const short = (name: string): string => name.replace(/~\w+$/, "");
  // A new secret is asked for on the way, so it may come at any time.
  const sorted = received.toSorted((a, b) => Number(a.type === "secret") - Number(b.type === "secret"));
  return sorted.map(({ type, names, removed }) =>
    [type, ...names.map(short), ...removed.map((name) => `-${short(name)}`)].join(" "),
  );
}

/** What the frame of a response and of each of its resources may add. */
const frameBytes = 300;

/** No Listener is among the objects, so there is a table for each of the two ports that open by themselves. */
const tables = ["routes all/xfp/open", "routes cleartext-8080/xfp/open"];
const listener = "listener tcp-0.0.0.0-8443";
const host = object("Host", "host-7");
const secret = object("Secret", "certificate-7");
const slice = object("EndpointSlice", "service-7-1");
const module: RawObject = {
  ...host,
  ref: { ...host.ref, kind: "Module", name: "ambassador" },
  body: { spec: { config: { add_linkerd_headers: true } } },
};
const canary = (weight: number): RawObject =>
  edited(named(mapping(shape, 7, 1), "canary"), { weight, service: "service-8:8080" });

/** Kinds of edits, one after the other, and the responses that each of them causes. */
const edits: readonly (readonly [what: string, edits: readonly CompilerEdit[], sent: readonly string[]])[] = [
  ["a route is edited", [put(mappingKey(7), mapping(shape, 7, 1))], tables],
  ["nothing is edited", [put(mappingKey(7), { ...mapping(shape, 7, 1), annotations: { "example.com/a": "b" } })], []],
  ["an object gets another key", [gone(mappingKey(9)), put(key("Mapping", "moved"), mapping(shape, 9))], []],
  [
    "a host without a certificate comes",
    [
      put(key("Host", "plain"), {
        ...named(host, "plain"),
        body: { spec: { hostname: "plain.example.com", acmeProvider: { authority: "none" } } },
      }),
    ],
    tables,
  ],
  [
    "a host with a certificate comes",
    [
      put(key("Host", "new"), edited(named(host, "new"), { hostname: "new.example.com", tlsSecret: { name: "new" } })),
      put(key("Secret", "new"), named(secret, "new")),
    ],
    [listener, ...tables, "secret default/new"],
  ],
  ["a host goes", [gone(key("Host", "new")), gone(key("Secret", "new"))], [listener, ...tables]],
  [
    "a certificate is rotated",
    [put(key("Secret", "certificate-7"), { ...secret, body: object("Secret", "certificate-8").body })],
    ["secret default/certificate-7"],
  ],
  [
    "an endpoint moves",
    [
      put(key("EndpointSlice", "service-7-1"), {
        ...slice,
        body: { ...slice.body, endpoints: [{ addresses: ["10.9.9.9"], conditions: { ready: true } }] },
      }),
    ],
    ["endpoints default/service-7:8080"],
  ],
  ["a canary comes", [put(key("Mapping", "canary"), canary(10))], tables],
  ["its weight is shifted", [put(key("Mapping", "canary"), canary(20))], tables],
  [
    "two routes change places",
    [
      put(mappingKey(14), edited(mapping(shape, 14), { precedence: 1 })),
      put(mappingKey(114), edited(mapping(shape, 114), { precedence: 2 })),
    ],
    tables,
  ],
  ["a default of all Mappings changes", [put(key("Module", "ambassador"), module)], tables],
  ["one of many Mappings is deleted", [gone(mappingKey(11))], tables],
  [
    "a Service comes with its Mapping",
    [
      put(key("Service", "fresh"), named(object("Service", "service-7"), "fresh")),
      put(key("EndpointSlice", "fresh"), {
        ...named(slice, "fresh"),
        labels: { "kubernetes.io/service-name": "fresh" },
      }),
      put(
        key("Mapping", "fresh"),
        edited(named(mapping(shape, 12), "fresh"), { prefix: "/f/", service: "fresh:8080" }),
      ),
    ],
    ["cluster default/fresh:8080", "endpoints default/fresh:8080", ...tables],
  ],
  ["its only Mapping goes", [gone(key("Mapping", "fresh"))], [...tables, "cluster -default/fresh:8080"]],
];

for (const [what, changes, sent] of edits) {
  test(what, async () => {
    const received = await serve(changes);
    assert.deepEqual(lines(received), sent);
    for (const { type, names, bytes } of received) {
      const resources = names.map((name) => xds.snapshot.get(type, name));
      const own = resources.reduce((sum, one) => sum + (one ? encodedBytes(one).length : 0), 0);
      assert.ok(bytes <= own + frameBytes * (names.length + 1), `${type}: ${bytes} bytes for ${own}`);
    }
  });
}
