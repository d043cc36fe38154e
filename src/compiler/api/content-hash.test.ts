/**
 * The content hash: the same for the same manifest, another for any other.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { rawResource } from "../../../test/raw-object.ts";
import { canonical, contentHash } from "./content-hash.ts";

test("the order of fields, the age and undefined fields do not matter", () => {
  const a = rawResource("Mapping", "v2", { prefix: "/", service: "s", nested: { x: 1, y: undefined } });
  const b = rawResource(
    "Mapping",
    "v2",
    { nested: { x: 1 }, service: "s", prefix: "/" },
    { created: "2020-01-01T00:00:00Z" },
  );
  assert.equal(contentHash(a), contentHash(b));
});

test("anything else matters", () => {
  const base = rawResource("Mapping", "v2", { prefix: "/", list: [1, 2] });
  const others = [
    rawResource("Mapping", "v2", { prefix: "/", list: [2, 1] }),
    rawResource("Mapping", "v2", { prefix: "/x", list: [1, 2] }),
    rawResource("Mapping", "v2", { prefix: "/", list: ["1", 2] }),
    rawResource("Mapping", "v3alpha1", { prefix: "/", list: [1, 2] }),
    rawResource("Mapping", "v2", { prefix: "/", list: [1, 2] }, { name: "y" }),
    rawResource("Mapping", "v2", { prefix: "/", list: [1, 2] }, { labels: { a: "b" } }),
    rawResource("Mapping", "v2", { prefix: "/", list: [1, 2] }, { within: base.ref }),
  ];
  assert.equal(new Set([base, ...others].map(contentHash)).size, others.length + 1);
});

test("canonical JSON is JSON with the same meaning", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});
