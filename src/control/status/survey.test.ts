/** Which objects a look is at: those of which something else may be to be said, and all where that is so of all. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { refKey } from "#base/origin.ts";
import { defaultSettings, openCompiler, type RawObject } from "#compiler";
import type { Replica } from "../replicas/fold.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { openSurvey, type SurveyOptions } from "./survey.ts";

function object(kind: string, group: string, name: string, body: RawObject["body"]): RawObject {
  const ref = { group, kind, namespace: "default", name };
  return { ref, version: group === "getambassador.io" ? "v3alpha1" : "v1", labels: {}, annotations: {}, body };
}

const mapping = (name: string, prefix: string) =>
  object("Mapping", "getambassador.io", name, { spec: { hostname: "*", prefix, service: "https://192.0.2.1" } });
const ingress = object("Ingress", "networking.k8s.io", "shop", {
  spec: { ingressClassName: "edge", defaultBackend: { service: { name: "gateway", port: { number: 80 } } } },
});
const ingressClass = object("IngressClass", "networking.k8s.io", "edge", {
  spec: { controller: "getambassador.io/ingress-controller" },
});
const service = object("Service", "", "gateway", { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
const host = object("Host", "getambassador.io", "a", { spec: { hostname: "a.test" } });
const secret = object("Secret", "", "tls", { type: "example.com/odd", data: {} });

const self: Replica = { name: "self", acknowledged: new Map(), refusals: [] };

/** A cluster whose objects are compiled as they come. */
function openTest(certificates?: SurveyOptions["certificates"]) {
  const compiler = openCompiler(defaultSettings);
  const objects = new Map<string, ClusterObject>();
  const survey = openSurvey({
    compiler,
    objects: () => objects,
    own: { namespace: "default", ownService: "gateway" },
    updateMappings: false,
    certificates,
    diagnostics: compiler.diagnostics,
    waiting: { begin: () => undefined, note: (_, __, behind) => behind, end: () => undefined },
  });
  const see = (raw: RawObject, status?: unknown) => {
    const { group, kind } = raw.ref;
    const resource = { group, version: raw.version, plural: `${kind.toLowerCase()}s`, kind, namespaced: true };
    const versions = { uid: kind, resourceVersion: "1", manifestVersion: "1", generation: 1 };
    objects.set(refKey(raw.ref), { raw, resource, ...versions, status });
    survey.mark([refKey(raw.ref)]);
  };
  const compile = (...all: readonly RawObject[]) => {
    compiler.apply(all.map((value) => ({ kind: "object", key: refKey(value.ref), value })));
    compiler.commit();
  };
  const look = async (...replicas: readonly Replica[]) => survey.look([self, ...replicas]);
  const names = async () => (await look()).map(({ key }) => key.split("/").at(-1)).sort();
  return { compiler, see, compile, look, names };
}

test("all at first, then what was delivered or is judged anew, and what is still to be done", async () => {
  const { see, compile, names } = openTest();
  const [good, bad] = [mapping("good", "/good/"), mapping("bad", "/bad(")];
  for (const one of [good, bad]) see(one);
  compile(good);
  deepEqual(await names(), ["bad", "good"]);
  deepEqual(await names(), []);
  see(good);
  deepEqual(await names(), ["good"]);
  compile({ ...bad, body: { spec: { prefix: 1 } } });
  deepEqual(await names(), ["bad"]);
  // Its status does not say yet what is wrong.
  deepEqual(await names(), ["bad"]);
  see(bad);
  compile(bad);
  deepEqual(await names(), ["bad"]);
  deepEqual(await names(), []);
});

/** One Host that has been looked at, and then whether another look is at it. */
async function openHost() {
  let looks = 0;
  const status = () => {
    looks++;
    return "unknown" as const;
  };
  const { see, compile, look } = openTest({ status });
  see(host);
  compile(host);
  await look();
  const isLookedAt = async (...replicas: readonly Replica[]) => {
    const before = looks;
    await look(...replicas);
    return looks > before;
  };
  return { see, isLookedAt };
}

test("all where another replica comes, goes, falls back or refuses, and where the own Service changes", async () => {
  const { see, isLookedAt } = await openHost();
  const at = (version: string, more?: Partial<Replica>): Replica => {
    return { name: "other", acknowledged: new Map([["mappings.getambassador.io", version]]), refusals: [], ...more };
  };
  const refusals = [{ object: "x", uid: "x", generation: 1, path: "", message: "no" }];
  equal(await isLookedAt(at("9")), true);
  equal(await isLookedAt(at("10")), false);
  equal(await isLookedAt(at("9")), true);
  equal(await isLookedAt(at("9", { refusals })), true);
  equal(await isLookedAt(at("9", { refusals, name: "another" })), true);
  equal(await isLookedAt(), true);
  equal(await isLookedAt(), false);
  see(service);
  equal(await isLookedAt(), true);
});

test("all now and then", async (t) => {
  let time = 0;
  t.mock.method(performance, "now", () => time);
  const { isLookedAt } = await openHost();
  time += 29_000;
  equal(await isLookedAt(), false);
  time += 1000;
  equal(await isLookedAt(), true);
});

test("what another replica refuses is told until it is over, and then that there is nothing to tell", async () => {
  const { see, compile, look } = openTest();
  see(secret);
  compile(secret);
  const refusal = { object: "x", uid: "Secret", generation: 1, path: "", message: "no" };
  const other = (...refusals: Replica["refusals"]) => ({ name: "other", acknowledged: new Map(), refusals });
  const told = async (replica: Replica) =>
    (await look(replica)).map(({ problems }) => problems.map(({ code }) => code));
  await look();
  deepEqual(await told(other(refusal)), [["envoy/refused"]]);
  deepEqual(await told(other()), [[]]);
  deepEqual(await told(other()), []);
});

test("what waits for a replica is looked at until it does not", async () => {
  const { see, compile, look } = openTest();
  const states = async (version: string) => {
    const acknowledged = new Map([["hosts.getambassador.io", version]]);
    return (await look({ name: "other", acknowledged, refusals: [] })).map(({ change }) => change?.["state"]);
  };
  see(host);
  compile(host);
  deepEqual(await states("0"), ["Pending"]);
  see(host, { state: "Pending", tlsCertificateSource: "None" });
  deepEqual(await states("0"), [undefined]);
  deepEqual(await states("1"), ["Ready"]);
});

test("an Ingress that becomes ours", async () => {
  const { see, compile, look } = openTest();
  see(service, { loadBalancer: { ingress: [{ ip: "198.51.100.7" }] } });
  see(ingress);
  compile(service, ingress);
  equal((await look()).find(({ object }) => object?.raw === ingress)?.change, undefined);
  see(ingressClass);
  await look();
  compile(ingressClass);
  const change = { loadBalancer: { ingress: [{ ip: "198.51.100.7" }] } };
  deepEqual((await look()).find(({ object }) => object?.raw === ingress)?.change, change);
});

test("Hosts where a Secret comes or goes, which may be of any type", async () => {
  const { see, compile, names } = openTest({ status: () => "unknown" });
  see(host);
  compile(host);
  await names();
  see(secret);
  deepEqual(await names(), ["a", "tls"]);
  deepEqual(await names(), []);
  compile(secret);
  deepEqual(await names(), ["a", "tls"]);
});

test("a Host that an interrupted commit has admitted, and not yet sorted by its kind", async () => {
  const moved = { ...host, body: { spec: { hostname: "b.test" } } };
  for (let keys = 1; keys < 30; keys++) {
    const hostname = (): unknown => compiler.declared.objects.all("Host").get(refKey(host.ref))?.resource.spec.hostname;
    const { compiler, see, compile, look } = openTest({
      status: () => ({ state: "Ready", tlsCertificateSource: hostname() }),
    });
    const changes = async () => (await look()).map(({ change }) => change?.["tlsCertificateSource"]);
    compile(host);
    see(host, { state: "Ready", tlsCertificateSource: "a.test" });
    deepEqual(await changes(), [undefined]);
    let left = keys;
    see(moved, { state: "Ready", tlsCertificateSource: "a.test" });
    compiler.apply([{ kind: "object", key: refKey(host.ref), value: moved }]);
    compiler.commit(() => --left > 0);
    await look();
    compiler.commit();
    deepEqual(await changes(), ["b.test"], `after ${keys} keys`);
  }
});
