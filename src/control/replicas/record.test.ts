/** What one replica writes another one reads; what somebody else wrote there does no harm. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ReplicaRecord, type ReplicaRefusal, readRecord, writeRecord } from "./record.ts";

const refusal: ReplicaRefusal = {
  object: "Mapping default/it",
  uid: "u",
  generation: 3,
  path: ".spec",
  message: "no",
  traffic: "it is not served",
};
const acknowledged = new Map([["hosts.getambassador.io", "1234"]]);
const record: ReplicaRecord = { seconds: 30, acknowledged, refusals: [refusal] };

test("a record is read as it was written", () => {
  assert.deepEqual(readRecord(writeRecord(record, "now")), record);
});

test("every value is a text, as ConfigMaps have them, and all of it is small", () => {
  const long = { ...refusal, message: "x".repeat(5000), path: "y".repeat(5000) };
  const many = Array.from({ length: 1000 }, (_, i) => ({ ...long, uid: String(i) }));
  const data = writeRecord({ ...record, refusals: many }, "now");
  assert.ok(Object.values(data).every((value) => typeof value === "string"));
  assert.equal(data["more"], "980");
  assert.ok(JSON.stringify(data).length < 32_000);
  assert.equal(readRecord(data)?.refusals.length, 20);
});

const good = writeRecord(record, "now");
const foreign: readonly (readonly [string, unknown, ReplicaRecord | undefined])[] = [
  ["nothing", undefined, undefined],
  ["another ConfigMap", { config: "a" }, undefined],
  ["no time", { ...good, seconds: "soon" }, undefined],
  ["a time in the past", { ...good, seconds: "-1" }, undefined],
  ["a time without end", { ...good, seconds: "Infinity" }, { ...record, seconds: 600 }],
  ["no JSON", { ...good, acknowledged: "{" }, undefined],
  ["a list", { ...good, acknowledged: "[]" }, undefined],
  [
    "no versions",
    { ...good, acknowledged: '{"hosts":5,"more":"x","late":"7"}' },
    { ...record, acknowledged: new Map([["late", "7"]]) },
  ],
  ["no refusals", { ...good, refusals: "5" }, { ...record, refusals: [] }],
  [
    "odd refusals",
    { ...good, refusals: '[5,{},{"uid":"u","message":"m","generation":"1"}]' },
    { ...record, refusals: [] },
  ],
  ["more than is known", { ...good, mood: "fine" }, record],
];

for (const [what, data, read] of foreign) {
  test(`instead of a record: ${what}`, () => {
    assert.deepEqual(readRecord(data), read);
  });
}

test("what is told of a refusal is on one line", () => {
  const data = writeRecord({ ...record, refusals: [{ ...refusal, message: "a\nb\u001b[2J" }] }, "now");
  assert.equal(readRecord(data)?.refusals[0]?.message, "a\\nb\\u001b[2J");
});
