/**
 * Conversion between versions: lossless where it can be, and never out of what a schema allows.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { valuesOf } from "../../../test/schema-values.ts";
import { convertSpec } from "./conversion.ts";
import type { Kind, Loose } from "./kind.ts";
import { ambassadorKind, ambassadorKinds } from "./kinds.ts";
import { type Generation, trailFrom } from "./schema/index.ts";

const both = (ambassadorKinds as readonly unknown[] as readonly Kind[]).filter((kind) => kind.versions.length > 1);

function problems(kind: Kind, generation: Generation, spec: unknown): readonly string[] {
  const trail = trailFrom();
  kind.checks[generation](spec, trail);
  const bad = trail.problems.filter((problem) => problem.kind === "invalid" || problem.kind === "unknown");
  return bad.map((problem) => `${problem.steps.join(".")}: ${problem.kind} ${problem.message}`);
}

const toHub = (kind: Kind, spec: unknown): Loose => convertSpec(kind, spec as Loose, "v2", "v3alpha1");
const toOld = (kind: Kind, spec: unknown): Loose => convertSpec(kind, spec as Loose, "v3alpha1", "v2");

for (const kind of both) {
  test(`${kind.kind}: whatever v2 allows converts to what v3alpha1 allows, and says the same after a round trip`, () => {
    fc.assert(
      fc.property(valuesOf(kind.schema, "old"), (old) => {
        assert.deepEqual(problems(kind, "old", old), []);
        const hub = toHub(kind, old);
        assert.deepEqual(problems(kind, "hub", hub), []);
        assert.deepEqual(withIds(toHub(kind, toOld(kind, hub))), withIds(hub));
      }),
      { numRuns: 100 },
    );
  });

  test(`${kind.kind}: whatever v3alpha1 allows converts to what v2 allows, and settles after one round trip`, () => {
    fc.assert(
      fc.property(valuesOf(kind.schema, "hub"), (hub) => {
        const old = toOld(kind, hub);
        assert.deepEqual(problems(kind, "old", old), []);
        const settled = toHub(kind, old);
        assert.deepEqual(problems(kind, "hub", settled), []);
        assert.deepEqual(toHub(kind, toOld(kind, settled)), settled);
      }),
      { numRuns: 100 },
    );
  });
}

/** An absent list of ids, an empty one and the default one are the same. */
function withIds(spec: Loose): Loose {
  const { ambassador_id: ids = [] } = spec as { ambassador_id?: readonly string[] };
  return { ...spec, ambassador_id: ids.length === 0 ? ["default"] : ids };
}

/** Old and hub spellings that convert into each other exactly, apart from ids. */
const exact: readonly [kind: string, what: string, old: Loose, hub: Loose][] = [
  ["Mapping", "no host is every host", { prefix: "/", service: "s" }, { prefix: "/", service: "s", hostname: "*" }],
  ["Mapping", "host", { prefix: "/", service: "s", host: "a.b" }, { prefix: "/", service: "s", hostname: "a.b" }],
  [
    "Mapping",
    "host_regex keeps host",
    { prefix: "/", service: "s", host: "a.*", host_regex: true },
    { prefix: "/", service: "s", host: "a.*", host_regex: true },
  ],
  [
    "Mapping",
    "no hostname has a word of its own",
    { prefix: "/", service: "s", host: "_skip_mapping_with_empty_host_" },
    { prefix: "/", service: "s" },
  ],
  [
    "Mapping",
    "matches by true",
    { prefix: "/", service: "s", headers: { a: "1", b: true }, query_parameters: { c: true } },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      headers: { a: "1" },
      regex_headers: { b: ".*" },
      v2BoolHeaders: ["b"],
      regex_query_parameters: { c: ".*" },
      v2BoolQueryParameters: ["c"],
    },
  ],
  [
    "Mapping",
    "tls: true",
    { prefix: "/", service: "http://s", tls: true },
    { prefix: "/", service: "https://s", hostname: "*", v2ExplicitTLS: { tls: "bool:true", serviceScheme: "http://" } },
  ],
  [
    "Mapping",
    "tls: false",
    { prefix: "/", service: "s", tls: false },
    { prefix: "/", service: "s", hostname: "*", v2ExplicitTLS: { tls: "bool:false" } },
  ],
  [
    "Mapping",
    "tls: null",
    { prefix: "/", service: "s", tls: null },
    { prefix: "/", service: "s", hostname: "*", v2ExplicitTLS: { tls: "null" } },
  ],
  [
    "Mapping",
    "tls by name",
    { prefix: "/", service: "s", tls: "ctx" },
    { prefix: "/", service: "s", hostname: "*", tls: "ctx" },
  ],
  [
    "Mapping",
    "added headers",
    { prefix: "/", service: "s", add_request_headers: { a: "1", b: null, c: { value: "2", append: false } } },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      add_request_headers: {
        a: { value: "1", v2Representation: "string" },
        b: { v2Representation: "null" },
        c: { value: "2", append: false },
      },
    },
  ],
  [
    "Mapping",
    "cors",
    { prefix: "/", service: "s", cors: { origins: "a,b", methods: ["GET"] } },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      cors: { origins: ["a", "b"], methods: ["GET"], v2CommaSeparatedOrigins: true },
    },
  ],
  [
    "Mapping",
    "labels",
    {
      prefix: "/",
      service: "s",
      labels: {
        d: [
          {
            g: [
              "source_cluster",
              "word",
              { generic_key: "v", v3Key: "k" },
              { h: { header: "x", omit_if_not_present: true } },
            ],
          },
        ],
      },
    },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      labels: {
        d: [
          {
            g: [
              { source_cluster: { key: "source_cluster" } },
              { generic_key: { value: "word", v2Shorthand: true } },
              { generic_key: { value: "v", key: "k" } },
              { request_headers: { key: "h", header_name: "x", omit_if_not_present: true } },
            ],
          },
        ],
      },
    },
  ],
  [
    "Mapping",
    "fields that v2 carries under other names",
    {
      prefix: "/",
      service: "s",
      v3StatsName: "n",
      v3health_checks: [{ health_check: { grpc: { upstream_name: "u" } } }],
    },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      stats_name: "n",
      health_checks: [{ health_check: { grpc: { upstream_name: "u" } } }],
    },
  ],
  ["TLSContext", "crl", { secret: "a", v3CRLSecret: "b" }, { secret: "a", crl_secret: "b" }],
  [
    "Host",
    "selector and nested crl",
    { hostname: "h", selector: { matchLabels: { a: "b" } }, tls: { v3CRLSecret: "c" } },
    { hostname: "h", mappingSelector: { matchLabels: { a: "b" } }, tls: { crl_secret: "c" } },
  ],
  [
    "AuthService",
    "tls: true",
    { auth_service: "a", tls: true },
    { auth_service: "https://a", v2ExplicitTLS: { tls: "bool:true", serviceScheme: "" } },
  ],
  [
    "TracingService",
    "tag_headers",
    { driver: "zipkin", service: "z", tag_headers: ["a"] },
    { driver: "zipkin", service: "z", custom_tags: [{ tag: "a", request_header: { name: "a" } }] },
  ],
  ["Filter", "maxStale", { JWT: { jwksURI: "u", v3MaxStale: "1m" } }, { JWT: { jwksURI: "u", maxStale: "1m" } }],
];

for (const [name, what, old, hub] of exact) {
  test(`${name}: ${what} converts both ways`, () => {
    const kind = ambassadorKind("getambassador.io", name);
    assert.ok(kind);
    assert.deepEqual(convertSpec(kind, old, "v2", "v3alpha1"), hub);
    const { ambassador_id, ...back } = convertSpec(kind, hub, "v3alpha1", "v2");
    assert.deepEqual(back, old);
    assert.deepEqual(ambassador_id, ["--apiVersion-v3alpha1-only--default"]);
  });
}

/** Conversions to the hub that have no way back. */
const oneWay: readonly [kind: string, what: string, old: Loose, hub: Loose][] = [
  [
    "Mapping",
    "a match by false is none",
    { prefix: "/", service: "s", headers: { a: false } },
    { prefix: "/", service: "s", hostname: "*" },
  ],
  [
    "Mapping",
    "an expression for a header wins over true",
    { prefix: "/", service: "s", headers: { a: true }, regex_headers: { a: "b+" } },
    { prefix: "/", service: "s", hostname: "*", regex_headers: { a: "b+" } },
  ],
  [
    "Mapping",
    "a label that is neither a header nor a generic key",
    { prefix: "/", service: "s", labels: { d: [{ g: [{ a: "b" }, { generic_key: { header: "h" } }] }] } },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      labels: {
        d: [
          {
            g: [
              { generic_key: { value: "b", key: "a" } },
              { request_headers: { key: "generic_key", header_name: "h" } },
            ],
          },
        ],
      },
    },
  ],
  [
    "Mapping",
    "texts are lists of one",
    { prefix: "/", service: "s", remove_request_headers: "a", remove_response_headers: ["b"] },
    { prefix: "/", service: "s", hostname: "*", remove_request_headers: ["a"], remove_response_headers: ["b"] },
  ],
  [
    "Mapping",
    "v0's rate_limits are labels",
    { prefix: "/", service: "s", rate_limits: [{ descriptor: "d", headers: ["x"] }, {}] },
    {
      prefix: "/",
      service: "s",
      hostname: "*",
      labels: {
        ambassador: [
          {
            v0_ratelimit_00: [
              { source_cluster: { key: "source_cluster" } },
              { destination_cluster: { key: "destination_cluster" } },
              { remote_address: { key: "remote_address" } },
              { generic_key: { value: "d" } },
              { request_headers: { key: "x", header_name: "x", omit_if_not_present: true } },
            ],
          },
          {
            v0_ratelimit_01: [
              { source_cluster: { key: "source_cluster" } },
              { destination_cluster: { key: "destination_cluster" } },
              { remote_address: { key: "remote_address" } },
            ],
          },
        ],
      },
    },
  ],
  [
    "Host",
    "ambassadorId joins ambassador_id",
    { ambassador_id: "a", ambassadorId: ["b", "--apiVersion-v3alpha1-only--c"] },
    { ambassador_id: ["a", "b", "c"] },
  ],
  [
    "AuthService",
    "allowed_headers are both lists",
    { auth_service: "a", allowed_headers: ["x"], allowed_request_headers: ["y"] },
    { auth_service: "a", allowed_request_headers: ["y", "x"], allowed_authorization_headers: ["x"] },
  ],
  [
    "RateLimit",
    "actions in any case",
    { limits: [{ action: "LOGONLY", pattern: [{ a: "*" }], rate: 1, unit: "Minute" }] },
    { limits: [{ action: "LogOnly", pattern: [{ a: "*" }], rate: 1, unit: "Minute" }] },
  ],
];

for (const [name, what, old, hub] of oneWay) {
  test(`${name}: ${what}`, () => {
    const kind = ambassadorKind("getambassador.io", name);
    assert.ok(kind);
    assert.deepEqual(convertSpec(kind, old, "v2", "v3alpha1"), hub);
  });
}

test("Mapping: a service that was changed after its conversion keeps its own scheme", () => {
  const kind = ambassadorKind("getambassador.io", "Mapping");
  assert.ok(kind);
  const hub = {
    prefix: "/",
    service: "http://t",
    hostname: "*",
    v2ExplicitTLS: { tls: "bool:true", serviceScheme: "" },
  };
  const { ambassador_id: _, ...old } = convertSpec(kind, hub, "v3alpha1", "v2");
  assert.deepEqual(old, { prefix: "/", service: "http://t" });
});
