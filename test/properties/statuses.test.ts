/**
 * The oracle over statuses: whatever happens to a cluster, to the compiler, to other replicas and to certificates, and
 * whenever somebody looks, a look at what may have changed finds what a look at everything finds.
 * `RUNS=5000` searches longer, `SEED=1` elsewhere.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc, { type Arbitrary } from "fast-check";
import { fieldsOf } from "#base/fields.ts";
import { refKey } from "#base/origin.ts";
import { type Compiler, openCompiler, type RawObject } from "#compiler";
import type { Replica } from "../../src/control/replicas/fold.ts";
import type { ClusterObject } from "../../src/control/sources/kubernetes/object.ts";
import { type Looked, openSurvey, type Survey, type SurveyOptions } from "../../src/control/status/survey.ts";
import { statusOf } from "../../src/services/acme/cluster/status.ts";
import type { HostStatus } from "../../src/services/acme/host-status.ts";
import { anyObject } from "./objects.ts";
import { anyStep, edit, emptyWorld, everything, type Step } from "./steps.ts";

const runs = Number(process.env["RUNS"] ?? 400);
const seed = Number(process.env["SEED"] ?? 20261122);

/** What happens beside edits and commits; `at` chooses among the objects that there are. */
type Happening =
  | { readonly do: "say"; readonly at: number; readonly status: unknown }
  | { readonly do: "address"; readonly status: unknown }
  | { readonly do: "write" }
  | { readonly do: "replica"; readonly name: string; readonly steps: number | "gone" }
  | { readonly do: "blame"; readonly name: string; readonly at: number }
  | { readonly do: "certificate"; readonly at: number; readonly status: HostStatus }
  | { readonly do: "look" };

const at = fc.nat(1000);
const name = fc.constantFrom("one", "two");
const status = fc.constantFrom<unknown>(undefined, { state: "Inactive", reason: "no" }, { conditions: [] });
const address = fc.constantFrom<unknown>({ loadBalancer: { ingress: [{ ip: "198.51.100.7" }] } }, { loadBalancer: {} });
/** Of those whose statuses depend on each other. */
const related: Arbitrary<Step> = anyObject
  .filter(({ ref }) => ["Host", "Ingress", "IngressClass", "Secret", "Service"].includes(ref.kind))
  .map((object) => ({ do: "put", key: "#", object }));
const certificate = fc.constantFrom<HostStatus>(
  { tlsCertificateSource: "ACME", state: "Pending", phaseCompleted: "ACMEUserRegistered" } as HostStatus,
  { tlsCertificateSource: "ACME", state: "Ready" } as HostStatus,
);

const happening: Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("say" as const), at, status }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("address" as const), status: address }) },
  { weight: 6, arbitrary: fc.constant({ do: "write" as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("replica" as const),
      name,
      steps: fc.constantFrom<number | "gone">(1, 5, 50, -5, "gone"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("blame" as const), name, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("certificate" as const), at, status: certificate }) },
  { weight: 6, arbitrary: fc.constant({ do: "look" as const }) },
);

/** A cluster that somebody leads in. */
interface Life {
  readonly world: ReturnType<typeof emptyWorld>;
  readonly compiler: Compiler;
  readonly objects: Map<string, ClusterObject>;
  readonly replicas: Map<string, Replica>;
  readonly certificates: Map<string, HostStatus>;
  readonly survey: Survey;
  readonly options: SurveyOptions;
  /** What looks have found, by object. */
  readonly found: Map<string, Looked>;
  version: number;
}

function begin(): Life {
  const world = emptyWorld();
  const compiler = openCompiler(world.settings, { strict: true });
  const objects = new Map<string, ClusterObject>();
  const certificates = new Map<string, HostStatus>();
  const choice = { impliedAcme: true, orders: true };
  const options: SurveyOptions = {
    compiler,
    objects: () => objects,
    own: { namespace: service.ref.namespace, ownService: service.ref.name },
    updateMappings: true,
    certificates: { status: (host) => statusOf(host, compiler, certificates.get(refKey(host.raw.ref)), choice) },
    diagnostics: compiler.diagnostics,
    waiting: { begin: () => undefined, note: (_, __, behind) => behind, end: () => undefined },
  };
  const life: Life = {
    ...{ world, compiler, objects, certificates, options, survey: openSurvey(options) },
    replicas: new Map(),
    found: new Map(),
    version: 100,
  };
  take(life, { do: "put", key: "#", object: service });
  say(life, refKey(service.ref), { loadBalancer: { ingress: [{ ip: "198.51.100.1" }] } });
  return life;
}

/** The gateway's own. */
const service: RawObject = {
  ref: { group: "", kind: "Service", namespace: "default", name: "one" },
  version: "v1",
  labels: {},
  annotations: {},
  body: { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } },
};

/** One of those that there are. */
function choose<T>(all: Iterable<T>, index: number): T | undefined {
  const list = [...all];
  return list[index % list.length];
}

/** Passes on what the API server says of an object. */
function deliver({ objects, survey }: Life, key: string, object: ClusterObject | undefined): void {
  if (object) objects.set(key, object);
  else objects.delete(key);
  survey.mark([key]);
}

function take(life: Life, step: Exclude<Step, { readonly do: "commit" }>): void {
  const { world, compiler, objects } = life;
  const [, number] = "key" in step ? step.key.split("#") : [];
  if (number === undefined) edit(world, compiler, step);
  else if (step.do === "put" && step.object) {
    const key = refKey(step.object.ref);
    edit(world, compiler, { ...step, key });
    deliver(life, key, objectOf(life, step.object, objects.get(key)));
  } else {
    const key = choose(world.objects.keys(), Number(number));
    if (key === undefined) return;
    edit(world, compiler, { ...step, key } as typeof step);
    if (step.do === "put") deliver(life, key, undefined);
  }
}

function objectOf(life: Life, raw: RawObject, before: ClusterObject | undefined): ClusterObject {
  const version = String(++life.version);
  const { group, kind } = raw.ref;
  return {
    raw,
    resource: { group, version: raw.version, plural: `${kind.toLowerCase()}s`, kind, namespaced: true },
    uid: before?.uid ?? version,
    resourceVersion: version,
    manifestVersion: version,
    generation: (before?.generation ?? 0) + 1,
    status: before?.status,
  };
}

async function happen(life: Life, one: Happening): Promise<void> {
  if (one.do === "look") return lookAndCompare(life);
  if (one.do === "replica") return move(life, one.name, one.steps);
  const { objects, found, certificates, survey } = life;
  if (one.do === "write")
    for (const { key, change } of found.values()) say(life, key, { ...fieldsOf(objects.get(key)?.status), ...change });
  else if (one.do === "address") say(life, refKey(service.ref), one.status);
  else {
    const hosts = life.compiler.declared.objects.all("Host").keys();
    const key = choose(one.do === "certificate" ? hosts : objects.keys(), one.at);
    if (key === undefined) return;
    if (one.do === "say") return say(life, key, one.status);
    if (one.do === "blame") return blame(life, one.name, objects.get(key));
    certificates.set(key, one.status);
    survey.mark([key]);
  }
}

/** Somebody writes a status, in which nothing is as good as absent. */
function say(life: Life, key: string, status: unknown): void {
  const object = life.objects.get(key);
  const fields = Object.entries(fieldsOf(status)).filter(([, value]) => value !== null);
  if (object) deliver(life, key, { ...object, status: Object.fromEntries(fields) });
}

/** A replica comes, acknowledges more or, because it is another one of the same name, less, or goes. */
function move({ replicas, objects, version }: Life, name: string, steps: number | "gone"): void {
  if (steps === "gone") return void replicas.delete(name);
  const before = replicas.get(name);
  const resources = [...objects.values()].map(({ resource: { plural, group } }) => `${plural}.${group}`);
  const acknowledged = new Map(
    resources.map((resource) => {
      const so = Number(before?.acknowledged.get(resource) ?? 100) + steps;
      return [resource, String(Math.min(Math.max(so, 0), version))];
    }),
  );
  replicas.set(name, { name, acknowledged, refusals: before?.refusals ?? [] });
}

/** A replica's Envoy refuses an object as it is now, or does not any more. */
function blame({ replicas }: Life, name: string, object: ClusterObject | undefined): void {
  const replica = replicas.get(name);
  if (!replica || !object) return;
  const { uid, generation, raw } = object;
  const others = replica.refusals.filter((refusal) => refusal.uid !== uid);
  const refusal = { object: raw.ref.name, uid, generation, path: "", message: "no such thing" };
  const refusals = others.length < replica.refusals.length ? others : [...others, refusal];
  replicas.set(name, { ...replica, refusals });
}

async function lookAndCompare({ options, survey, replicas, found }: Life): Promise<void> {
  const living = [...replicas.values()];
  const looked = await survey.look(living);
  for (const one of looked) found.set(one.key, one);
  const fresh = openSurvey(options);
  const all = await fresh.look(living);
  fresh.close();
  assert.deepEqual(toWrite(looked), toWrite(all));
  assert.deepEqual(toTell(found.values()), toTell(all));
}

/** Statuses that are not as they should be, whether that is news or not. */
function toWrite(all: Iterable<Looked>): unknown {
  return inOrder(Array.from(all, ({ key, change }) => [key, change]));
}

function toTell(all: Iterable<Looked>): unknown {
  return inOrder(Array.from(all, ({ key, problems }) => [key, problems.length > 0 ? problems : undefined]));
}

/** Without when it was found out. */
function inOrder(all: readonly (readonly [key: string, said: unknown])[]): unknown {
  const said = all.filter(([, what]) => what !== undefined);
  const timeless = (name: string, value: unknown) => (/Time(?:stamp)?$/.test(name) ? undefined : value);
  return JSON.parse(
    JSON.stringify(
      said.sort(([a], [b]) => (a < b ? -1 : 1)),
      timeless,
    ),
  );
}

test("a look at what may have changed finds what a look at everything finds", async (t) => {
  // What is known of a certificate may be another thing a moment later.
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
  const steps = fc.array(
    fc.oneof({ weight: 2, arbitrary: anyStep }, { weight: 1, arbitrary: related }, { weight: 2, arbitrary: happening }),
    { maxLength: 120, size: "max" },
  );
  const property = fc.asyncProperty(steps, async (given) => {
    const life = begin();
    for (const step of [...given, everything, { do: "look" } as const]) {
      if (step.do === "commit") life.compiler.commit(budget(step.keys));
      else if (isHappening(step)) await happen(life, step);
      else take(life, step);
    }
  });
  await fc.assert(property, { numRuns: runs, seed });
});

function isHappening(step: Step | Happening): step is Happening {
  return ["say", "address", "write", "replica", "blame", "certificate", "look"].includes(step.do);
}

function budget(keys: number): (() => boolean) | undefined {
  let left = keys;
  return Number.isFinite(keys) ? () => --left > 0 : undefined;
}
