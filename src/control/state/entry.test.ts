/** What was stored is believed only as far as it has the form that was stored. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isLastGood, isRefusal } from "./entry.ts";

const ref = { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "quote" };
const object = { ref, version: "v2", labels: {}, annotations: { a: "b" }, body: { spec: {} } };
const refusal = { ref, hash: "h", message: "m", envoyVersion: "1.40" };

test("what was stored is taken", () => {
  assert.ok(isLastGood({ object }));
  assert.ok(isRefusal(refusal));
});

for (const [what, value] of Object.entries({
  nothing: undefined,
  "a text": "x",
  "no object": {},
  "no reference": { object: { ...object, ref: undefined } },
  "a number as a name": { object: { ...object, ref: { ...ref, name: 1 } } },
  "a number as an annotation": { object: { ...object, annotations: { a: 1 } } },
  "no body": { object: { ...object, body: null } },
})) {
  test(`${what} is no last good version`, () => assert.equal(isLastGood(value), false));
}

test("a refusal without its words is none", () => {
  assert.equal(isRefusal({ ...refusal, message: undefined }), false);
});
