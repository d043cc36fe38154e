/**
 * Objects that pass every check of ours and that a real Envoy refuses, among many good ones: each is named, what it was
 * before goes on, everything else is served, and nobody waits for it to be mended. `make quarantine` runs it at full
 * size: QUARANTINE_MAPPINGS objects, QUARANTINE_ROUNDS, and QUARANTINE_MS to name an owner and to serve an edit.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { keyPem, makeIdentity, makeRevocationList, pem } from "../../tools/x509/certificate.ts";
import { numbers } from "../bench/random.ts";
import { send } from "../envoy/client.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Running, startRunning } from "./running.ts";

const setting = (name: string, otherwise: number): number => Number(process.env[`QUARANTINE_${name}`] ?? otherwise);
const size = {
  mappings: setting("MAPPINGS", 1_000),
  rounds: setting("ROUNDS", 3),
  mostMs: setting("MS", Number.POSITIVE_INFINITY),
};
const perFile = 100;
const random = numbers(setting("SEED", 1));
const material = openMaterial();
let running: Running;

const ours = (kind: string, name: string, spec: object): object => ({
  apiVersion: "getambassador.io/v3alpha1",
  kind,
  metadata: { name, namespace: "default" },
  spec,
});
const manifest = (...objects: readonly object[]): string => objects.map((one) => JSON.stringify(one)).join("\n---\n");
const hostOf = (name: string): string => `shop-${Number(name.replace(/\D/g, "")) % perFile}.test`;
const mapping = (name: string, target: string, more: object = {}): object =>
  ours("Mapping", name, { hostname: hostOf(name), prefix: `/${name}/`, service: target, host_redirect: true, ...more });

const put = (name: string, target: string, more?: object): Promise<void> =>
  running.write(`${name}.yaml`, manifest(mapping(name, target, more)));

/** Where a Mapping redirects to. */
async function target(name: string): Promise<string> {
  const url = `http://${hostOf(name)}/${name}/`;
  const seen = await send({ url }, () => ({ host: "127.0.0.1", port: running.port }), material);
  const location = seen.headers.find(([header]) => header === "location")?.[1] ?? "";
  return `${seen.status} ${location.replace("http://", "").replace(`/${name}/`, "")}`;
}

const patienceMs = 20_000;

/** Waits until something is so, and says how long that took. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<number> {
  for (const start = performance.now(); ; await pause(3)) {
    const took = performance.now() - start;
    if (await isSo()) return Math.round(took);
    if (took > patienceMs) assert.fail(`never: ${what}\n${running.log.slice(-20).join("\n")}`);
  }
}

const serves = (name: string, to: string): Promise<number> =>
  until(`${name} redirects to ${to}`, async () => (await target(name).catch(() => "")) === `301 ${to}`);

const told = (from: number, object: string): boolean =>
  running.log.slice(from).some((line) => line.includes("envoy/refused") && line.includes(`"${object}"`));

/** What passes our checks and not those of the Envoy of keeper-main.ts, which takes only very small expressions. */
const refusable = (name: string): object => ({ prefix: `/${name}/[a-z]{1,20}`, prefix_regex: true });

const script = (broken: boolean): object =>
  ours("Module", "ambassador", {
    config: { lua_scripts: `local a = "x"${broken ? " .. nil" : ""}\nfunction envoy_on_response(handle) end` },
  });

const authority = makeIdentity({ name: "clients", isAuthority: true });
const { certificate, key } = makeIdentity({ name: "secure.test", dnsNames: ["secure.test"] });
const secret = (name: string, data: Readonly<Record<string, string>>): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "default" },
  stringData: data,
});

/** The outer form of a list is right; the time inside is none. */
function revoked(broken: boolean): object {
  const list = makeRevocationList(authority, []);
  const at = list.indexOf("200101000000Z");
  if (broken) list.fill(0xff, at, at + 13);
  return secret("revoked", { "crl.pem": pem("X509 CRL", list) });
}

before(async () => {
  const tls = { ca_secret: "clients", crl_secret: "revoked" };
  const files: Record<string, string> = {
    "host.yaml": manifest(
      ours("Host", "shops", { hostname: "*.test", requestPolicy: { insecure: { action: "Route" } } }),
      ours("Host", "secure", { hostname: "secure.test", tlsSecret: { name: "secure" }, tls }),
      secret("secure", { "tls.crt": pem("CERTIFICATE", certificate), "tls.key": keyPem(key) }),
      secret("clients", { "ca.crt": pem("CERTIFICATE", authority.certificate) }),
    ),
    "module.yaml": manifest(script(false)),
    "revoked.yaml": manifest(revoked(false)),
  };
  for (let first = 0; first < size.mappings; first += perFile) {
    const all = Array.from({ length: perFile }, (_, i) => mapping(`m${first + i}`, "first.example"));
    files[`all-${first}.yaml`] = manifest(...all);
  }
  running = await startRunning(files);
  await running.ready;
});
after(() => running.close());

/** The times of one bad object: until it was named, until another edit was served, until its repair was. */
async function injure(round: number): Promise<readonly number[]> {
  const [bad, good] = [`bad${round}`, `good${round}`];
  const isNew = random(2) === 0;
  if (!isNew) await put(bad, "before.example").then(() => serves(bad, "before.example"));
  const from = running.log.length;
  const other = put(good, "other.example").then(() => serves(good, "other.example"));
  await put(bad, "bad.example", refusable(bad));
  const named = await until(`${bad} is named`, () => told(from, `Mapping default/${bad}`));
  const edited = await other;
  assert.equal(told(from, `Mapping default/${good}`), false);
  assert.equal(await target(bad), isNew ? "404 " : "301 before.example");
  await put(bad, "repaired.example");
  return [named, edited, await serves(bad, "repaired.example")];
}

test("one after the other: each is named, its neighbours are served, and its repair is", async () => {
  const ordinary: number[] = [];
  const times: (readonly number[])[] = [];
  for (let round = 0; round < size.rounds; round++) {
    const name = `m${random(size.mappings)}`;
    await put(`edit${round}`, name);
    ordinary.push(await serves(`edit${round}`, name));
    times.push(await injure(round));
  }
  console.log(
    `ordinary edits ${ordinary} ms; named, another edit, repair: ${times.map((t) => t.join("/")).join(" ")} ms`,
  );
  assert.ok(Math.max(...times.flat(), ...ordinary) <= size.mostMs);
});

test("a script and a list of revoked certificates that only Envoy can judge", async () => {
  const bad = [
    ["module.yaml", script, "Module default/ambassador"],
    ["revoked.yaml", revoked, "Secret default/revoked"],
  ] as const;
  for (const [file, make, object] of bad) {
    const from = running.log.length;
    await running.write(file, manifest(make(true)));
    const named = await until(`${object} is named`, () => told(from, object));
    console.log(`${object} named after ${named} ms`);
    assert.ok(named <= size.mostMs);
    await put("good", file);
    await serves("good", file);
    await running.write(file, manifest(make(false)));
  }
});

test("several at once, while others are edited, and an Envoy that starts meanwhile has all the good", async () => {
  const several = Array.from({ length: 5 }, (_, i) => `several${i}`);
  const from = running.log.length;
  await Promise.all(several.map((name) => put(name, "bad.example", refusable(name))));
  const killed = (await running.pid("envoy")) ?? 0;
  process.kill(killed, "SIGKILL");
  await Promise.all([1, 2, 3].map((i) => put(`edit0${i}`, "late.example")));
  for (const name of several) await until(`${name} is named`, () => told(from, `Mapping default/${name}`));
  for (const i of [1, 2, 3]) await serves(`edit0${i}`, "late.example");
  assert.notEqual(await running.pid("envoy"), killed);
  for (let i = 0; i < 100; i++) await serves(`m${random(size.mappings)}`, "first.example");
  for (const name of several) assert.equal(await target(name), "404 ");
  await Promise.all(several.map((name) => put(name, "repaired.example")));
  for (const name of several) await serves(name, "repaired.example");
});
