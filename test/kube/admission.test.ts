/**
 * The API server and the compiler judge objects alike: what one refuses for its form, the other does, in the same field;
 * and whatever the compiler reads, the API server stores, in whatever version it is written and read.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import type { Diagnostic } from "#base/diagnostic.ts";
import { defaultSettings, type RawObject } from "#compiler";
import { customResourceDefinitions } from "../../src/compiler/api/crd.ts";
import { admit } from "../../src/compiler/api/index.ts";
import { generationOf, type Kind } from "../../src/compiler/api/kind.ts";
import { ambassadorGroup, ambassadorKinds } from "../../src/compiler/api/kinds.ts";
import { fieldsIn } from "../../src/compiler/api/schema/openapi.ts";
import { storableVersions } from "../../src/compiler/api/stored-versions.ts";
import { caseNames } from "../envoy/case-directory.ts";
import { formal, valuesOf } from "../schema-values.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { objectsOfCase } from "./golden-objects.ts";
import type { ApiAnswer } from "./request.ts";

const kinds = ambassadorKinds as readonly unknown[] as readonly Kind[];

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
  await installCrds(cluster);
});

after(() => cluster.stop());

const path = (kind: Kind, version: string): string =>
  `/apis/${ambassadorGroup}/${version}/namespaces/default/${kind.plural}`;

/** Deviations that stay. */
const intended: readonly string[] = [
  // A number that is written as a text, because annotations may; custom resources never could.
  "error-response/formats Mapping formats: only the API server refuses .spec.error_response_overrides[4].on_status_code",
  // To the API server, a value of several types is one of any type.
  "error-response/invalid Mapping shop: only the compiler refuses .spec.error_response_overrides[3].body.json_format.a",
];

for (const feature of new Set(caseNames().map((name) => name.split("/")[0] ?? ""))) {
  test(`golden cases of ${feature}: the API server refuses the forms that the compiler refuses, and no others`, async () => {
    const deviations: string[] = [];
    for (const name of caseNames(`${feature}/`).filter((one) => one.startsWith(`${feature}/`))) {
      for (const { object, diagnostics } of objectsOfCase(name)) {
        const kind = kinds.find((one) => one.kind === object.ref.kind && object.ref.group === ambassadorGroup);
        if (kind === undefined || isNeverStored(kind, object)) continue;
        const theirs = await refused(kind, object);
        const ours = diagnostics.filter((one) => !isElsewhere(kind, one));
        deviations.push(...compareRules(theirs.rules, ours).map((text) => `${name} ${object.ref.name}: ${text}`));
        deviations.push(
          ...compare(theirs.forms, ours).map((text) => `${name} ${kind.kind} ${object.ref.name}: ${text}`),
        );
      }
    }
    assert.deepEqual(
      deviations.filter((text) => !intended.includes(text)),
      [],
    );
  });
}

/** Of a version that was only ever written in annotations. */
function isNeverStored(kind: Kind, { version }: RawObject): boolean {
  const known: readonly string[] = kind.versions;
  const storable: readonly string[] = storableVersions(kind);
  return known.includes(version) && !storable.includes(version);
}

/** A field of another version than the object's; the API server keeps room for it. */
function isElsewhere(kind: Kind, { code, at }: Diagnostic): boolean {
  const names = kind.versions.flatMap((version) => fieldsIn(kind.schema, version).map(({ name }) => `.spec.${name}`));
  return code === "object/unknown-field" && names.includes(at.path);
}

/** The namespace is another one: the cases' own do not exist. */
function manifest({ ref, version, labels, annotations, body }: RawObject): unknown {
  const metadata = { name: ref.name, labels, annotations };
  return { apiVersion: `${ref.group}/${version}`, kind: ref.kind, metadata, ...body };
}

const aboutForm: readonly string[] = ["object/invalid-field", "object/unknown-field", "object/unsupported-version"];

function compare(theirs: ReadonlySet<string>, ours: readonly Diagnostic[]): string[] {
  // Of a choice among several fields that are all missing, the API server names one.
  const isKnown = (field: string): boolean =>
    ours.some(({ at }) => at.path === field || (at.path !== "" && field.startsWith(`${at.path}.`)));
  const ourForms = ours.filter(({ code, at }) => aboutForm.includes(code) && !isFree(at.path));
  return [
    ...[...theirs].filter((field) => !isKnown(field)).map((field) => `only the API server refuses ${field}`),
    ...ourForms.filter(({ at }) => !theirs.has(at.path)).map(({ at }) => `only the compiler refuses ${at.path}`),
  ];
}

/** A rule of the API server may have its place above the field, and one that has none is no harm. */
function compareRules(theirs: ReadonlySet<string>, ours: readonly Diagnostic[]): string[] {
  const isRefused = (field: string): boolean =>
    ours.some(({ severity, at }) => severity === "error" && `${at.path}.`.startsWith(`${field}.`));
  const isIn = (field: string): boolean =>
    ours.some(({ severity, at }) => severity === "error" && at.path.startsWith(`${field}[`));
  return [...theirs].filter((field) => !isRefused(field) && !isIn(field)).map((field) => `a rule refuses ${field}`);
}

/** The settings of a Module are one free object to the API server, so that it is stored with a wrong one among many. */
const isFree = (field: string): boolean => field.startsWith(".spec.config");

/** Fields that the API server refuses for their form, and those that it has a rule against. */
interface Refused {
  readonly forms: ReadonlySet<string>;
  readonly rules: ReadonlySet<string>;
}

/** Asked twice, because unknown fields hide wrong ones. */
async function refused(kind: Kind, object: RawObject): Promise<Refused> {
  const answers = ["Strict", "Ignore"].map((validation) =>
    cluster.ask("POST", `${path(kind, object.version)}?dryRun=All&fieldValidation=${validation}`, manifest(object)),
  );
  const found = (await Promise.all(answers)).map(refusedFields);
  const all = (which: keyof Refused): ReadonlySet<string> => new Set(found.flatMap((one) => [...one[which]]));
  return { forms: all("forms"), rules: all("rules") };
}

interface Cause {
  readonly field: string;
  readonly message: string;
}

function refusedFields({ status, body }: ApiAnswer): Refused {
  const none = new Set<string>();
  if (status === 201) return { forms: none, rules: none };
  if (status === 404) return { forms: new Set([".apiVersion"]), rules: none };
  const message = String(body["message"]);
  const unknown = [...message.matchAll(/unknown field "([^"]+)"/g)].map(([, field]) => `.${field}`);
  const { causes = [] } = (body["details"] ?? {}) as { causes?: readonly Cause[] };
  const told = causes.filter((cause) => !cause.message.includes("some validation rules were not checked"));
  const isRule = (cause: Cause): boolean => ruleMessages.some((one) => cause.message.endsWith(one));
  return {
    forms: new Set([...unknown, ...told.filter((cause) => !isRule(cause)).map((cause) => `.${fieldOf(cause)}`)]),
    rules: new Set(told.filter(isRule).map(({ field }) => `.${field}`)),
  };
}

const ruleMessages: readonly string[] = [
  ...JSON.stringify(customResourceDefinitions()).matchAll(/"rule":"(?:[^"\\]|\\.)*","message":("(?:[^"\\]|\\.)*")/g),
].map(([, text = '""']) => JSON.parse(text) as string);

/** A choice among several fields has its place in the message only. */
function fieldOf({ field, message }: Cause): string {
  return field === "<nil>" ? (/"([^"]+)" must validate one and only one/.exec(message)?.[1] ?? message) : field;
}

let made = 0;

/** As the instance sees it that the object is for. */
function rawObject(kind: Kind, version: string, spec: unknown): RawObject {
  const ref = { group: ambassadorGroup, kind: kind.kind, namespace: "default", name: "any" };
  const { ambassador_id: _, ambassadorId: __, ...own } = spec as Readonly<Record<string, unknown>>;
  return { ref, version, labels: {}, annotations: {}, body: { spec: own } };
}

for (const kind of kinds) {
  const versions = storableVersions(kind);
  for (const version of versions) {
    test(`${kind.kind} ${version}: what the compiler takes is stored, and every version shows all of it`, async () => {
      const specs = valuesOf(formal(kind.schema), generationOf(version));
      await fc.assert(
        fc.asyncProperty(specs, async (spec) => {
          const metadata = { name: `any-${++made}` };
          const object = { apiVersion: `${ambassadorGroup}/${version}`, kind: kind.kind, metadata, spec };
          const stored = await cluster.ask("POST", `${path(kind, version)}?fieldValidation=Strict`, object);
          const { diagnostics } = admit(rawObject(kind, version, spec), defaultSettings);
          const isRefused = diagnostics.some(({ severity }) => severity === "error");
          if (stored.status === 422 && isRefused) return;
          assert.equal(stored.status, 201, JSON.stringify(stored.body["message"]));
          for (const other of versions) {
            const { body } = await cluster.ask("GET", `${path(kind, other)}/${metadata.name}`);
            assert.deepEqual(body["spec"], JSON.parse(JSON.stringify(spec)), `read as ${other}`);
          }
        }),
        { numRuns: 10 },
      );
    });
  }
}

/** Objects that a rule refuses, by what it says; each rule once. */
const ruled: readonly (readonly [kind: string, spec: object, said: string])[] = [
  ["Listener", {}, "set protocol, for example to HTTPS, or protocolStack"],
  [
    "Listener",
    { protocol: "UDP" },
    "protocol UDP alone carries nothing; for HTTP/3 set protocolStack to [TLS, HTTP, UDP]",
  ],
  ["Listener", { protocolStack: ["TCP", "HTTP"] }, "the last protocol must be TCP or UDP"],
  [
    "Listener",
    { protocolStack: ["HTTP", "UDP"] },
    "on UDP there is HTTP/3 only, which needs TLS: write [TLS, HTTP, UDP]",
  ],
  ["Listener", { hostBinding: {} }, "needs namespace or selector"],
  ["Listener", { hostBinding: { namespace: {} } }, "namespace needs from"],
  ["Listener", { hostBinding: { selector: {} } }, "selector needs matchLabels"],
  ["Host", { hostname: "a*b.test" }, "a * may only stand at one end, as in `*`, `*.example.com` or `example.*`"],
  ["Mapping", { hostname: "*.a.*" }, "a * may only stand at one end, as in `*`, `*.example.com` or `example.*`"],
  ["Mapping", { service: "" }, "it has to name a host"],
  [
    "Mapping",
    { load_balancer: { policy: "round_robin", header: "x" } },
    "cookie, header and source_ip go with ring_hash and maglev only",
  ],
  [
    "Mapping",
    { load_balancer: { policy: "maglev", header: "x", source_ip: true } },
    "ring_hash and maglev need what they shall hash: exactly one of cookie, header and source_ip",
  ],
  [
    "Mapping",
    { health_checks: [{ health_check: { grpc: { upstream_name: "a" } } }] },
    "health_check.grpc needs grpc: true, so that the service speaks HTTP/2",
  ],
  ["Mapping", { health_checks: [{ health_check: { http: { path: "" } } }] }, "is empty"],
  ["TCPMapping", { host: "a.*" }, "write an exact name, `*` or `*.example.com`, without a port"],
  ["ConsulResolver", {}, "a ConsulResolver needs the name of a datacenter"],
];

const wellFormed: Readonly<Record<string, object>> = {
  Listener: { port: 80, securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } },
  Mapping: { prefix: "/", service: "a", hostname: "*" },
  TCPMapping: { port: 1, service: "a" },
};

test("every rule refuses what it is about, in its own words, and admission does, too", async () => {
  const seen = new Set<string>();
  for (const [name, more, said] of ruled) {
    const kind = kinds.find((one) => one.kind === name);
    assert.ok(kind);
    const protocol = name === "Listener" && "hostBinding" in more ? { protocol: "HTTP" } : {};
    const spec = { ...wellFormed[name], ...protocol, ...more };
    const object = { apiVersion: `${ambassadorGroup}/v3alpha1`, kind: name, metadata: { name: "any" }, spec };
    const { status, body } = await cluster.ask("POST", `${path(kind, "v3alpha1")}?dryRun=All`, object);
    const { causes } = (body["details"] ?? {}) as { causes?: readonly Cause[] };
    assert.deepEqual([status, causes?.length], [422, 1], `${said}: ${JSON.stringify(body)}`);
    assert.ok(causes?.[0]?.message.endsWith(said), causes?.[0]?.message);
    assert.equal(admit(rawObject(kind, "v3alpha1", spec), defaultSettings).value, undefined);
    seen.add(said);
  }
  assert.deepEqual(new Set(ruleMessages), seen);
});

test("a variable is never refused for what it might become", async () => {
  const mapping = kinds.find(({ kind }) => kind === "Mapping");
  assert.ok(mapping);
  const spec = { prefix: "/", service: "$SERVICE", hostname: "a*$END" };
  const object = { apiVersion: `${ambassadorGroup}/v3alpha1`, kind: "Mapping", metadata: { name: "any" }, spec };
  assert.equal((await cluster.ask("POST", `${path(mapping, "v3alpha1")}?dryRun=All`, object)).status, 201);
});

test("an object that was stored before a rule was there stays, and can be changed elsewhere", async () => {
  const mapping = kinds.find(({ kind }) => kind === "Mapping");
  assert.ok(mapping);
  const definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/mappings.getambassador.io";
  const { body: ruledOne } = await cluster.ask("GET", definition);
  const unruled = JSON.stringify(ruledOne, (key, value: unknown) =>
    key === "x-kubernetes-validations" ? undefined : value,
  );
  assert.equal((await cluster.ask("PUT", definition, JSON.parse(unruled))).status, 200);
  const spec = { prefix: "/", service: "", hostname: "a*b.test" };
  const bad = { apiVersion: `${ambassadorGroup}/v3alpha1`, kind: "Mapping", metadata: { name: "bad" }, spec };
  // The API server takes a moment to forget a rule, and to learn it again.
  const create = () => cluster.ask("POST", path(mapping, "v3alpha1"), bad);
  while ((await create()).status === 422) await pause(20);
  await installCrds(cluster);
  const another = { ...bad, metadata: { name: "another" } };
  while ((await cluster.ask("POST", `${path(mapping, "v3alpha1")}?dryRun=All`, another)).status === 201)
    await pause(20);
  await cluster.kubectl(["label", "mapping", "bad", "looked=at"]);
  const status = ["patch", "mapping", "bad", "--subresource=status", "--type=merge", "-p"];
  await cluster.kubectl([...status, JSON.stringify({ status: { state: "Inactive" } })]);
  await cluster.kubectl(["patch", "mapping", "bad", "--type=merge", "-p", JSON.stringify({ spec: { prefix: "/b/" } })]);
  const toWorse = ["patch", "mapping", "bad", "--type=merge", "-p", JSON.stringify({ spec: { hostname: "a*c" } })];
  await assert.rejects(cluster.kubectl(toWorse), /a \* may only stand at one end/);
});
