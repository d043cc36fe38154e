/**
 * The validator: every problem found, at its place, in words; nothing thrown, whatever comes in.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  anything,
  boolean,
  compileCheck,
  enumOf,
  integer,
  integerOf,
  list,
  map,
  nothing,
  number,
  object,
  oldOnly,
  optional,
  required,
  type Schema,
  secretString,
  string,
  stringLike,
  trailFrom,
  variants,
} from "./index.ts";

interface Judged {
  readonly value: unknown;
  readonly found: readonly string[];
}

function judge(schema: Schema, value: unknown, generation: "old" | "hub" = "hub"): Judged {
  const trail = trailFrom();
  const kept = compileCheck(schema, generation)(value, trail);
  assert.deepEqual(trail.steps, [], "the trail is back at its start");
  return {
    value: kept,
    found: trail.problems.map(({ kind, steps, message, hint }) =>
      [`${kind} ${steps.join(".")}`, message, hint].filter(Boolean).join(": "),
    ),
  };
}

const wrong: readonly [what: string, schema: Schema, value: unknown, message: string][] = [
  ["string", string(), 3, "expected string, got number 3"],
  ["string for a list", string(), [], "expected string, got list"],
  ["half a character", string(), "a\ud800", "is not Unicode text: a surrogate stands alone"],
  ["integer", integer(), "3s", 'expected integer, got string "3s"'],
  ["fraction", integer(), 1.5, "expected integer, got number 1.5"],
  ["huge number", integer(), 1e300, "expected integer, got number 1e+300"],
  ["infinity", number(), Number.POSITIVE_INFINITY, "expected number, got number Infinity"],
  ["below the range", integer({ min: 1, max: 65535 }), 0, "expected integer from 1 to 65535, got number 0"],
  ["below the minimum", integer({ min: 0 }), -1, "expected integer of at least 0, got number -1"],
  ["above the maximum", integer({ max: 5 }), 6, "expected integer of at most 5, got number 6"],
  ["other integer", integerOf(301, 302), 300, "expected one of 301, 302, got number 300"],
  ["boolean", boolean(), "yes", 'expected boolean, got string "yes"'],
  ["null", nothing(), 0, "expected null, got number 0"],
  ["list", list(string()), {}, "expected list, got object"],
  ["short list", list(string(), { min: 1 }), [], "expected at least 1 items, got 0"],
  ["map", map(string()), [], "expected object, got list"],
  ["object", object({}), null, "expected object, got null"],
  [
    "other word",
    enumOf("Redirect", "Route"),
    "redirect",
    'expected one of Redirect, Route, got string "redirect": did you mean "Redirect"?',
  ],
  ["pattern", stringLike("^[0-9]+s$", 'duration ("3s")'), "x", 'expected duration ("3s"), got string "x"'],
  ["variants", variants(string(), list(string())), 3, "expected string or list, got number"],
  ["long text", integer(), "x".repeat(100), "expected integer, got string"],
];

for (const [what, schema, value, message] of wrong) {
  test(`wrong: ${what}`, () => assert.deepEqual(judge(schema, value).found, [`invalid : ${message}`]));
}

test("a secret's value is in no message", () => {
  assert.deepEqual(judge(list(secretString()), [17, { a: 1 }]).found, [
    "invalid 0: expected string, got number",
    "invalid 1: expected string, got object",
  ]);
});

test("all problems are found, each at its place", () => {
  const schema = object({
    name: required(string(), "Name."),
    ports: optional(list(object({ port: required(integer(), "Port.") })), "Ports."),
    labels: optional(map(string()), "Labels."),
  });
  assert.deepEqual(judge(schema, { ports: [{ port: "a" }, {}, 7], labels: { "x/y": 1, ok: "2" }, prots: [] }).found, [
    'invalid ports.0.port: expected integer, got string "a"',
    "invalid ports.1.port: is required",
    "invalid ports.2: expected object, got number",
    "invalid labels.x/y: expected string, got number 1",
    'unknown prots: did you mean "ports"?',
    "invalid name: is required",
  ]);
});

test("what the schema does not know is left out, and so is null", () => {
  const schema = object({ a: optional(string(), "A."), b: optional(variants(string(), nothing()), "B.") });
  const { value, found } = judge(schema, { a: null, b: null, c: null, zzzzzz: 1 });
  assert.deepEqual(value, { b: null });
  assert.deepEqual(found, ["unknown zzzzzz"]);
});

test("null does not satisfy a required field", () => {
  assert.deepEqual(judge(object({ a: required(string(), "A.") }), { a: null }).found, ["invalid a: is required"]);
});

test("other fields of an open object are nobody's business", () => {
  const { value, found } = judge(object({ a: optional(string(), "A.") }, { open: true }), { a: "1", b: 2 });
  assert.deepEqual([value, found], [{ a: "1" }, []]);
});

test("keys that JavaScript has a meaning for are keys like any other", () => {
  const hostile: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "x", "toString": "y"}');
  const asObject = judge(object({ a: optional(string(), "A.") }), hostile);
  assert.deepEqual(asObject.found, ["unknown __proto__", "unknown constructor", "unknown toString"]);
  const asMap = judge(map(anything()), hostile);
  assert.deepEqual(asMap.found, []);
  assert.deepEqual(Object.keys(asMap.value as object), ["__proto__", "constructor", "toString"]);
  assert.equal(Object.getPrototypeOf(asMap.value), Object.prototype);
});

test("an alias is replaced by the name, and both together are a problem", () => {
  const schema = object({ idle_time: optional(integer(), "Idle.", { aliases: ["time"] }) });
  assert.deepEqual(judge(schema, { time: 3 }), { value: { idle_time: 3 }, found: [] });
  assert.deepEqual(judge(schema, { idle_time: 2, time: 3 }).found, [
    "invalid time: means the same as idle_time, which is set too",
  ]);
});

test("exactly one of several fields", () => {
  const schema = object(
    { http: optional(object({}), "Http."), grpc: optional(object({}), "Grpc.") },
    { exactlyOne: [["http", "grpc"]] },
  );
  assert.deepEqual(judge(schema, { http: {} }).found, []);
  assert.deepEqual(judge(schema, {}).found, ["invalid : needs exactly one of http, grpc; it has none"]);
  assert.deepEqual(judge(schema, { http: {}, grpc: {} }).found, [
    "invalid : needs exactly one of http, grpc; it has http and grpc",
  ]);
});

test("fields that have no effect are reported where they are used", () => {
  const schema = object({
    later: optional(boolean(), "Later.", { status: "notYet", unset: false, because: "why" }),
    never: optional(anything(), "Never.", { status: "ignored" }),
  });
  assert.deepEqual(judge(schema, { later: true, never: {} }).found, ["notYet later: why", "ignored never"]);
  assert.deepEqual(judge(schema, { later: false }).found, [], "saying what is so anyway is no use of the field");
});

test("a generation has its own fields, names and forms", () => {
  const schema = object({
    stats_name: optional(string(), "Name.", { old: { name: "v3StatsName" } }),
    ids: optional(list(string()), "Ids.", { old: { form: variants(string(), list(string())) } }),
    hostname: optional(string(), "New.", { versions: ["v3alpha1"] }),
    rate_limits: oldOnly(list(string()), "Old."),
  });
  assert.deepEqual(judge(schema, { v3StatsName: "a", ids: "b", rate_limits: [] }, "old").found, []);
  assert.deepEqual(judge(schema, { stats_name: "a", ids: ["b"], hostname: "c" }, "hub").found, []);
  assert.deepEqual(judge(schema, { stats_name: "a", hostname: "c" }, "old").found, [
    'unknown stats_name: did you mean "v3StatsName"?',
    "unknown hostname",
  ]);
  assert.deepEqual(judge(schema, { v3StatsName: "a", ids: "b", rate_limits: [] }, "hub").found, [
    'unknown v3StatsName: did you mean "stats_name"?',
    "invalid ids: expected list, got string",
    "unknown rate_limits",
  ]);
});

test("free-form values are bounded in depth", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 10_000; i++) deep = [deep];
  assert.deepEqual(judge(anything(), deep).found, ["invalid : is nested deeper than 64 levels"]);
});

test("no JSON whatsoever makes the validator throw", () => {
  const schema = object({
    a: required(variants(string(), list(object({ b: optional(enumOf("x"), "B.") }))), "A."),
    m: optional(map(variants(integer(), boolean(), nothing())), "M."),
    z: optional(anything(), "Z."),
  });
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("old", "hub" as const), (value, generation) => {
      judge(schema, value, generation as "old" | "hub");
      judge(schema, { a: value, m: value, z: value }, generation as "old" | "hub");
    }),
  );
});

test("problems are bounded in number and size, and what spoils the object is never missed", () => {
  const schema = object({ a: optional(string(), "A."), bad: optional(integer(), "Bad.") });
  const many: Record<string, unknown> = {};
  for (let i = 0; i < 50_000; i++) many[`unknown${i}${"x".repeat(i === 0 ? 5000 : 0)}`] = i;
  const trail = trailFrom();
  compileCheck(schema, "hub")({ ...many, bad: "x" }, trail);
  assert.equal(trail.problems.length, 101);
  assert.equal(trail.omitted, 49_900);
  assert.deepEqual(trail.problems.at(-1)?.steps, ["bad"]);
  assert.equal(String(trail.problems[0]?.steps[0]).length, 101);
});
