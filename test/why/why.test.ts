/**
 * `why` and a real Envoy are asked the same drawn questions: what Envoy does must be one of the things that `why` says,
 * and the only one where it says only one.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { refKey } from "#base/origin.ts";
import {
  type Compilation,
  compile,
  defaultSettings,
  type Effect,
  explain,
  parseRequest,
  type RawObject,
} from "#compiler";
import { send } from "../envoy/client.ts";
import { startEnvoy, type TestEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { openUpstreams, type Upstreams } from "../envoy/upstream.ts";
import { rawResource } from "../raw-object.ts";
import { aimed, hosts, listener, mappingObjects, mappings, module, mostMappings, request } from "./drawn.ts";

const seed = Number(process.env.WHY_SEED ?? 1);
const configurations = Number(process.env.WHY_RUNS ?? 12);
const requestsEach = 50;

const material = openMaterial();
let envoy: TestEnvoy;
let upstreams: Upstreams;
let upstreamPorts: number[];
let port: number;

before(async () => {
  envoy = await startEnvoy();
  upstreams = openUpstreams(material);
  upstreamPorts = await Promise.all(
    Array.from({ length: mostMappings }, (_, i) => upstreams.open({ name: `m${i}`, kind: "http" })),
  );
  port = await freePort();
});
after(async () => {
  await envoy.close();
  await upstreams.close();
});

const drawn = fc.sample(
  fc.record({
    mappings,
    hosts,
    module,
    hops: fc.constantFrom(0, 1, 1),
    requests: fc.array(request, { minLength: requestsEach, maxLength: requestsEach }),
  }),
  { numRuns: configurations, seed },
);

for (const [i, { mappings, hosts, module, hops, requests }] of drawn.entries()) {
  test(`configuration ${i} of seed ${seed}`, async () => {
    const serviceOf = (index: number): string => `127.0.0.1:${upstreamPorts[index]}`;
    const objects = [...mappingObjects(mappings, serviceOf), ...hosts, module, listener(hops)];
    const compilation = compileObjects(objects);
    await envoy.serve(compilation.resources);
    for (const spec of requests.map((drawn) => aimed(drawn, mappings))) {
      const said = predicted(compilation, spec);
      const seen = await observed(spec);
      assert.ok(
        said.includes(seen),
        `${JSON.stringify(spec)}\nEnvoy: ${seen}\nwhy:   ${said.join("\n       ")}\n${JSON.stringify(objects.map((o) => [o.ref.name, o.body]))}`,
      );
    }
  });
}

test("every character of a path, as it is and escaped", async () => {
  const everything = { prefix: "/", hostname: "*", service: `127.0.0.1:${upstreamPorts[0]}`, rewrite: "" };
  const host = { hostname: "*", requestPolicy: { insecure: { action: "Route" } } };
  const compilation = compileObjects([
    rawResource("Mapping", "v3alpha1", everything, { name: "m0" }),
    rawResource("Host", "v3alpha1", host),
    listener(0),
  ]);
  await envoy.serve(compilation.resources);
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const plain = codes.filter((code) => code > 0x20 && code < 0x7f && !"#?".includes(String.fromCharCode(code)));
  const escaped = codes.map((code) => `%${code.toString(16).padStart(2, "0")}`);
  for (const text of [...plain.map((code) => String.fromCharCode(code)), ...escaped]) {
    for (const path of [`/a${text}b`, `/${text}/x`, `/x/${text}`]) {
      const spec = { url: `http://a.test${path}`, port: 8080, method: "GET" };
      assert.deepEqual(predicted(compilation, spec), [await observed(spec)], path);
    }
  }
});

function compileObjects(objects: readonly RawObject[]): Compilation {
  const settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports: { "8080": port } };
  return compile(
    objects.map((object) => [refKey(object.ref), object] as const),
    { settings },
  );
}

function predicted({ compiler }: Compilation, { url, method, headers = {} }: RequestSpec): readonly string[] {
  const [, scheme, host, path] = /^(\w+):\/\/([^/]+)(.*)$/.exec(url) ?? [];
  const name = host?.replace(/:\d+$/, "");
  const lines = [...Object.entries(headers).map(([header, value]) => `${header}: ${value}`), `host: ${host}`];
  const parsed = parseRequest(`${method} ${scheme}://${name}:8080${path}`, lines);
  assert.ok(typeof parsed === "object", String(parsed));
  return explain(compiler.declared, parsed).outcomes.map(({ at, does }) => describe(does, at?.ref.name));
}

function describe(does: Effect, mapping: string | undefined): string {
  switch (does.kind) {
    case "forward":
      return `${mapping} gets ${does.path} for ${does.host}`;
    case "redirect":
      return `${does.status} to ${does.location}`;
    case "respond":
      return `${does.status}`;
    default:
      return does.kind;
  }
}

async function observed(spec: RequestSpec): Promise<string> {
  const seen = await send(spec, () => ({ host: "127.0.0.1", port }), material);
  const [receipt] = upstreams.take();
  const header = (list: readonly (readonly [string, string])[], wanted: string): string | undefined =>
    list.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (receipt) return `${receipt.upstream} gets ${receipt.path} for ${header(receipt.headers, "host")}`;
  const location = header(seen.headers, "location");
  if (seen.error) return seen.error;
  return location === undefined ? `${seen.status}` : `${seen.status} to ${location}`;
}
