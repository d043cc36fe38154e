/**
 * What a version's schema keeps of another version's objects, and what it still says of its own.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { boolean, enumOf, integer, list, map, nothing, object, oldOnly, optional, string, variants } from "./build.ts";
import { type OpenApi, openApi } from "./openapi.ts";
import { keeping } from "./openapi-keep.ts";
import type { Schema } from "./schema.ts";

/** The schema of one field in v3alpha1 with room for v2, which has another form of it. */
function both(hub: Schema, old: Schema): unknown {
  const schema = object({ field: optional(hub, "A field.", { old: { form: old } }) });
  const kept = keeping(openApi(schema, "v3alpha1"), schema, "v2");
  const { field } = kept["properties"] as Readonly<Record<string, OpenApi>>;
  const { description, ...rest } = field ?? {};
  assert.equal(description, "A field.");
  return rest;
}

const free = { "x-kubernetes-preserve-unknown-fields": true, nullable: true };

test("a form without fields loses nothing, so the own form stays", () => {
  assert.deepEqual(both(enumOf("a", "b"), variants(string(), boolean())), { type: "string", enum: ["a", "b"] });
  assert.deepEqual(both(list(string()), string()), { type: "array", items: { type: "string" } });
  assert.deepEqual(both(string(), list(integer())), { type: "string" });
});

test("where the other version has an object in the place of something else, anything goes", () => {
  assert.deepEqual(both(string(), object({ a: optional(string(), "A.") })), free);
  assert.deepEqual(both(string(), map(string())), free);
  assert.deepEqual(both(list(string()), list(map(string()))), { type: "array", items: free });
  assert.deepEqual(both(object({}), variants(string(), map(string()))), free);
  assert.deepEqual(both(string(), list(map(string()))), free);
});

test("objects of both versions are joined, field by field", () => {
  const own = object({ shared: optional(enumOf("x"), "Both."), mine: optional(string(), "Mine.") });
  const other = object({ shared: optional(string(), "Both."), theirs: optional(list(string()), "Theirs.") });
  assert.deepEqual(both(map(own), map(other)), {
    type: "object",
    additionalProperties: {
      type: "object",
      properties: {
        shared: { description: "Both.", type: "string", enum: ["x"] },
        mine: { description: "Mine.", type: "string" },
        theirs: { description: "Theirs.", type: "array", items: { type: "string" } },
      },
    },
  });
});

test("a null of the other version is kept, too", () => {
  assert.deepEqual(both(string(), variants(string(), nothing())), { type: "string", nullable: true });
});

test("a field that only the other version has, or spells so, is there in its form", () => {
  const schema = object({
    gone: oldOnly(boolean(), "Once."),
    renamed: optional(string(), "Now.", { old: { name: "v3Renamed" }, aliases: ["alias"] }),
  });
  assert.deepEqual(keeping(openApi(schema, "v3alpha1"), schema, "v2")["properties"], {
    renamed: { description: "Now.", type: "string" },
    alias: { description: "Same as `renamed`.", type: "string" },
    gone: { description: "Once.", type: "boolean" },
    v3Renamed: { description: "Now.", type: "string" },
  });
});
