/**
 * Every field of every kind that is compiled, with every odd value: nothing makes the compiler fail, and Envoy takes
 * whatever is left. Objects that do not get into each other's way are compiled and served all at once; when Envoy
 * refuses them, they are halved until it is known which ones.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compile, defaultSettings, type RawObject } from "#compiler";
import { authServiceSchema } from "../../src/compiler/api/ambassador/auth-service.ts";
import { hostSchema } from "../../src/compiler/api/ambassador/host.ts";
import { mappingSchema } from "../../src/compiler/api/ambassador/mapping.ts";
import { moduleConfigSchema } from "../../src/compiler/api/ambassador/module-config.ts";
import { tcpMappingSchema } from "../../src/compiler/api/ambassador/tcp-mapping.ts";
import { tlsContextSchema } from "../../src/compiler/api/ambassador/tls-context.ts";
import { startEnvoy, type TestEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { rawObject, rawResource } from "../raw-object.ts";
import { fewOddSpecs, type Odd, oddSpecs } from "./odd-values.ts";

type Objects = readonly RawObject[];
/** What is good, and one thing that may not be. */
interface Trial {
  readonly name: string;
  readonly objects: Objects;
}

let envoy: TestEnvoy;
let good: Objects;
const ports: Record<string, number> = {};
/** What Envoy has taken before, and need not judge again. */
const taken = new Set<string>();

before(async () => {
  const { certificate, key } = openMaterial().certificate("odd:odd.test");
  for (const port of [8080, 8443, 9000]) ports[port] = await freePort();
  envoy = await startEnvoy();
  const hostBinding = { namespace: { from: "ALL" } };
  const listener = (name: string, port: number, protocol: string): RawObject =>
    rawResource("Listener", "v3alpha1", { port, protocol, securityModel: "XFP", hostBinding }, { name });
  good = [
    listener("cleartext", 8080, "HTTP"),
    listener("tls", 8443, "HTTPS"),
    rawResource("Host", "v3alpha1", { hostname: "odd.test", tlsSecret: { name: "odd" } }, { name: "good" }),
    rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: "/", service: "127.0.0.1:1" }, { name: "good" }),
    rawObject("Secret", "v1", { stringData: { "tls.crt": certificate, "tls.key": key } }, { name: "odd" }),
  ];
});
after(() => envoy.close());

function compiled(trials: readonly Trial[]) {
  const objects = [...good, ...trials.flatMap((trial) => trial.objects)];
  const settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports };
  return compile(
    objects.map((object, i) => [String(i), object] as const),
    { settings },
  ).resources;
}

/** The trials that fail, with what was said. */
async function failing(trials: readonly Trial[]): Promise<readonly string[]> {
  try {
    const resources = compiled(trials);
    const content = resources.map(({ type, name, version }) => `${type} ${name} ${version}`).join("\n");
    if (!taken.has(content)) await envoy.serve(resources);
    taken.add(content);
    return [];
  } catch (error) {
    if (trials.length <= 1) return [`${trials[0]?.name ?? "nothing"}: ${String(error).slice(0, 300)}`];
    const middle = trials.length >> 1;
    return [...(await failing(trials.slice(0, middle))), ...(await failing(trials.slice(middle)))];
  }
}

function together(kind: string, specs: Iterable<Odd>, more: (i: number) => object): readonly Trial[] {
  return [...specs].map(({ name, spec }, i) => ({
    name: `${kind} ${name}`,
    objects: [rawResource(kind, "v3alpha1", { ...more(i), ...spec }, { name: `odd-${i}` })],
  }));
}

test("Mappings", { timeout: 120_000 }, async () => {
  const trials = together("Mapping", oddSpecs(mappingSchema, {}), (i) => ({
    hostname: "odd.test",
    prefix: `/odd-${i}/`,
    service: "127.0.0.1:1",
  }));
  assert.ok(trials.length > 1500);
  assert.deepEqual(await failing(trials), []);
});

test("redirecting Mappings and those by expressions", { timeout: 120_000 }, async () => {
  const least = { hostname: "odd.test", service: "127.0.0.1:1" };
  const forms = [{ host_redirect: true }, { prefix_regex: true }, { prefix_exact: true }, { method_regex: true }];
  const trials = [...forms, { hostname: undefined, host_regex: true }].flatMap((form) => {
    const specs = [...oddSpecs(mappingSchema, form)].filter(({ name }) =>
      /^(prefix|host|method|service|\w+_redirect)/.test(name),
    );
    return together("Mapping", specs, (i) => ({ ...least, prefix: `/odd-${i}/`, method: "GET" }));
  });
  assert.deepEqual(await failing(trials.map((trial, i) => renamed(trial, i))), []);
});

test("Hosts", { timeout: 120_000 }, async () => {
  const more = (i: number): object => ({ hostname: `odd-${i}.test`, tlsSecret: { name: "odd" } });
  assert.deepEqual(await failing(together("Host", oddSpecs(hostSchema, {}), more)), []);
});

test("TLSContexts, for services and for Hosts", { timeout: 120_000 }, async () => {
  const trials = together("TLSContext", oddSpecs(tlsContextSchema, {}), () => ({ secret: "odd" })).map((trial, i) => {
    const name = `odd-${i}`;
    const spec = { hostname: "odd.test", prefix: `/${name}/`, service: "https://127.0.0.1:1", tls: name };
    const host = { hostname: `${name}.test`, tlsSecret: { name: "odd" }, tlsContext: { name } };
    const users = [rawResource("Mapping", "v3alpha1", spec, { name }), rawResource("Host", "v3alpha1", host, { name })];
    return { ...trial, objects: [...trial.objects, ...users] };
  });
  assert.deepEqual(await failing(trials), []);
});

test("TCPMappings", { timeout: 120_000 }, async () => {
  const specs = [...oddSpecs(tcpMappingSchema, {})].filter(({ name }) => !/^(port|address)=/.test(name));
  const trials = together("TCPMapping", specs, () => ({ port: 9000, service: "127.0.0.1:1" }));
  assert.deepEqual(await failing(trials), []);
});

test("kinds of which only one counts: the Module and the AuthService", { timeout: 240_000 }, async () => {
  const modules = [...fewOddSpecs(moduleConfigSchema, {})]
    // Only Envoy can tell what a script does.
    .filter(({ name }) => !/^(service_port|envoy_log_path|lua_scripts)=/.test(name))
    .map(({ name, spec }) => ({
      name: `Module ${name}`,
      objects: [rawResource("Module", "v3alpha1", { config: spec }, { name: "ambassador" })],
    }));
  const services = ["http", "grpc"].flatMap((proto) =>
    together("AuthService", fewOddSpecs(authServiceSchema, { proto, protocol_version: "v3" }), () => ({
      auth_service: "127.0.0.1:1",
    })),
  );
  const problems: string[] = [];
  for (const trial of [...modules, ...services]) problems.push(...(await failing([trial])));
  assert.deepEqual(problems, []);
});

/** Trials of several forms in one directory need names of their own. */
function renamed({ name, objects }: Trial, i: number): Trial {
  return { name, objects: objects.map((object) => ({ ...object, ref: { ...object.ref, name: `odd-form-${i}` } })) };
}
