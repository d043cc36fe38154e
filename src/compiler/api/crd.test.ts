/**
 * The CRDs keep the API server's rules for structural schemas and say what `kubectl get` shows.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { type CrdOptions, customResourceDefinitions, defaultCrdOptions } from "./crd.ts";

type Json = Readonly<Record<string, unknown>>;

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: Json };
  readonly additionalPrinterColumns?: readonly {
    readonly name: string;
    readonly jsonPath: string;
    readonly priority?: number;
  }[];
  readonly subresources?: Json;
}

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly versions: readonly Version[]; readonly names: Json; readonly conversion?: Json };
}

const definitions = customResourceDefinitions() as unknown as readonly Definition[];

/** Breaches of the rules for structural schemas, by path. */
function breaches(schema: Json, path: string): readonly string[] {
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-int-or-string"] === true;
  const found: string[] = typeof schema["type"] === "string" || open ? [] : [`${path} has no type`];
  if ("$ref" in schema) found.push(`${path} has $ref`);
  if ("properties" in schema && "additionalProperties" in schema) found.push(`${path} mixes properties`);
  const inner: [string, Json][] = Object.entries((schema["properties"] ?? {}) as Record<string, Json>);
  for (const key of ["items", "additionalProperties"]) if (key in schema) inner.push([key, schema[key] as Json]);
  for (const branch of (schema["oneOf"] ?? []) as Json[]) {
    if (Object.keys(branch).join() !== "required") found.push(`${path} has more than required in oneOf`);
  }
  if (schema["type"] === "array" && !("items" in schema)) found.push(`${path} has no items`);
  return [...found, ...inner.flatMap(([name, below]) => breaches(below, `${path}.${name}`))];
}

for (const { metadata, spec } of definitions) {
  for (const version of spec.versions) {
    test(`${metadata.name} ${version.name} is structural`, () => {
      assert.deepEqual(breaches(version.schema.openAPIV3Schema, ""), []);
    });
  }

  test(`${metadata.name} stores one version, and says how to convert when there are several`, () => {
    assert.equal(spec.versions.filter((version) => version.storage).length, 1);
    assert.equal(spec.conversion !== undefined, spec.versions.length > 1);
    assert.deepEqual(spec.names["categories"], ["ambassador-crds"]);
  });
}

test("versions of every kind", () => {
  const versions = definitions.map(
    ({ metadata, spec }) =>
      `${metadata.name.split(".")[0]} ${spec.versions.map((v) => v.name + (v.storage ? "*" : "")).join(" ")}`,
  );
  assert.deepEqual(versions, [
    "listeners v3alpha1*",
    "hosts v2* v3alpha1",
    "mappings v1 v2* v3alpha1",
    "tcpmappings v1 v2* v3alpha1",
    "tlscontexts v1 v2* v3alpha1",
    "modules v1 v2* v3alpha1",
    "kubernetesserviceresolvers v1 v2* v3alpha1",
    "kubernetesendpointresolvers v1 v2* v3alpha1",
    "consulresolvers v1 v2* v3alpha1",
    "authservices v1 v2* v3alpha1",
    "ratelimitservices v1 v2* v3alpha1",
    "tracingservices v1 v2* v3alpha1",
    "logservices v1 v2* v3alpha1",
    "devportals v1 v2* v3alpha1",
    "filters v1beta1 v1beta2 v2* v3alpha1",
    "filterpolicies v1beta1 v1beta2 v2* v3alpha1",
    "ratelimits v1beta1 v1beta2 v2* v3alpha1",
  ]);
});

function columns(plural: string): readonly string[] {
  const definition = definitions.find(({ metadata }) => metadata.name.startsWith(`${plural}.`));
  const shown = definition?.spec.versions.at(-1)?.additionalPrinterColumns ?? [];
  return shown.filter(({ priority = 0 }) => priority === 0).map((c) => `${c.name} ${c.jsonPath}`);
}

test("columns of kubectl get", () => {
  assert.deepEqual(columns("mappings"), [
    "SOURCE HOST .spec['hostname','host']",
    "SOURCE PREFIX .spec.prefix",
    "DEST SERVICE .spec.service",
    "STATE .status.state",
    "REASON .status.reason",
  ]);
  assert.deepEqual(columns("hosts"), [
    "HOSTNAME .spec.hostname",
    "STATE .status.state",
    "PHASE COMPLETED .status.phaseCompleted",
    "PHASE PENDING .status.phasePending",
    "AGE .metadata.creationTimestamp",
  ]);
  assert.deepEqual(
    columns("listeners").map((column) => column.split(" ")[0]),
    ["PORT", "PROTOCOL", "STACK", "STATSPREFIX", "SECURITY", "L7DEPTH"],
  );
  assert.deepEqual(columns("modules"), ["AGE .metadata.creationTimestamp"]);
});

test("the wide table says of other kinds than Host and Mapping whether they are in force", () => {
  const wide = definitions.filter(({ spec }) =>
    spec.versions.every((version) =>
      version.additionalPrinterColumns?.some((one) => one.priority && one.name === "READY"),
    ),
  );
  const names = definitions.map(({ metadata }) => metadata.name.split(".")[0]);
  assert.deepEqual(
    wide.map(({ metadata }) => metadata.name.split(".")[0]),
    names.filter((name) => name !== "hosts" && name !== "mappings"),
  );
});

test("all have a status", () => {
  for (const { spec } of definitions)
    for (const { subresources } of spec.versions) assert.deepEqual(subresources, { status: {} });
});

function chosen(options: Partial<CrdOptions>): readonly string[] {
  const definitions = customResourceDefinitions({ ...defaultCrdOptions, ...options });
  return (definitions as unknown as readonly Definition[])
    .filter(({ metadata }) => /^(?:mappings|listeners|filters)\./.test(metadata.name))
    .map(({ spec }) => {
      return spec.versions.map((v) => `${v.name}${v.storage ? "*" : ""}${v.served ? "" : "-"}`).join(" ");
    });
}

test("an administrator chooses what is stored and what is served, of kinds that have it", () => {
  assert.deepEqual(chosen({ storage: "v3alpha1" }), ["v3alpha1*", "v1 v2 v3alpha1*", "v1beta1 v1beta2 v2 v3alpha1*"]);
  assert.deepEqual(chosen({ storage: "v1" }), ["v3alpha1*", "v1* v2 v3alpha1", "v1beta1 v1beta2 v2* v3alpha1"]);
  const newest = ["v3alpha1*", "v1- v2*- v3alpha1", "v1beta1- v1beta2- v2*- v3alpha1"];
  assert.deepEqual(chosen({ served: ["v3alpha1"] }), newest);
  assert.deepEqual(chosen({ served: ["v1", "v2"] }), [
    "v3alpha1*",
    "v1 v2* v3alpha1-",
    "v1beta1- v1beta2- v2* v3alpha1-",
  ]);
});

/** Fields that the API server demands, by kind. */
const demanded: Readonly<Record<string, readonly string[]>> = {
  listeners: ["port", "securityModel", "hostBinding"],
  hosts: [],
  mappings: ["prefix", "service"],
  tcpmappings: ["port", "service"],
  tlscontexts: [],
  modules: ["config"],
  consulresolvers: [],
  authservices: ["auth_service"],
};

for (const [plural, fields] of Object.entries(demanded)) {
  test(`${plural}: what the API server demands`, () => {
    const definition = definitions.find(({ metadata }) => metadata.name.startsWith(`${plural}.`));
    const { spec } = (definition?.spec.versions.at(-1)?.schema.openAPIV3Schema.properties ?? {}) as Record<
      string,
      Json
    >;
    assert.deepEqual(spec?.required ?? [], fields);
  });
}

function fieldsOf(definitions: readonly Definition[], name: string): Json {
  const mapping = definitions.find(({ metadata }) => metadata.name.startsWith("mappings."));
  const schema = mapping?.spec.versions.find((version) => version.name === name)?.schema.openAPIV3Schema;
  const { spec } = (schema?.["properties"] ?? {}) as Record<string, { properties: Json }>;
  return spec?.properties ?? {};
}

test("with a webhook, an old version has the old names and forms", () => {
  const webhook = { namespace: "dragoman-system", service: "dragoman-webhook" };
  const converted = customResourceDefinitions({ ...defaultCrdOptions, webhook }) as unknown as readonly Definition[];
  const fields = (name: string): Json => fieldsOf(converted, name);
  assert.ok("v3StatsName" in fields("v2") && !("stats_name" in fields("v2")) && !("hostname" in fields("v2")));
  assert.ok("stats_name" in fields("v3alpha1") && "hostname" in fields("v3alpha1"));
  assert.ok("rate_limits" in fields("v1") && !("rate_limits" in fields("v3alpha1")));
  assert.deepEqual(fields("v1"), fields("v2"));
  for (const { spec } of converted) {
    assert.equal((spec.conversion as { strategy?: string } | undefined)?.strategy ?? "Webhook", "Webhook");
  }
});

test("without one, every version has the names of all", () => {
  const names = (version: string): string[] => Object.keys(fieldsOf(definitions, version)).sort();
  assert.ok(names("v2").includes("hostname") && names("v3alpha1").includes("rate_limits"));
  assert.deepEqual(names("v2"), names("v3alpha1"));
});
