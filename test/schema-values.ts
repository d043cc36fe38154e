/**
 * Schema → random valid values, for property tests: whatever the validator accepts may come out.
 */
import fc from "fast-check";
import { existsIn } from "../src/compiler/api/schema/check.ts";
import type { Field, Generation, ObjectNode, Schema } from "../src/compiler/api/schema/schema.ts";

/** Values that a schema allows in one generation. */
export function valuesOf(schema: Schema, generation: Generation): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case "string":
      if (schema.values) return fc.constantFrom(...schema.values);
      return schema.pattern === undefined ? fc.oneof(fc.constantFrom(...words), fc.string()) : matching(schema.pattern);
    case "integer":
      if (schema.values) return fc.constantFrom(...schema.values);
      return fc.integer({ min: schema.min ?? -1000, max: schema.max ?? 100_000 });
    case "number":
      return fc.double({ min: schema.min ?? -1000, max: schema.max ?? 1000, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "anything":
      if (schema.like) return fc.oneof(valuesOf(schema.like, generation), fc.jsonValue({ maxDepth: 2 }));
      return fc.jsonValue({ maxDepth: 2 });
    case "list":
      return fc.array(valuesOf(schema.item, generation), { minLength: schema.min ?? 0, maxLength: 3 });
    case "map":
      // As JSON has them.
      return fc.dictionary(fc.constantFrom(...words), valuesOf(schema.value, generation), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    case "object":
      return objectsOf(schema, generation);
    case "variants":
      return fc.oneof(...schema.forms.map((form) => valuesOf(form, generation)));
  }
}

const words = ["", "*", "a", "b", "x-foo", ":authority", "https://svc", "http://svc", "svc.ns:80", "__proto__", "true"];

function matching(pattern: string): fc.Arbitrary<string> {
  const samples = ["3s", "1m30s", "", "http://", "HTTPS://", "minute", "Day", "enforce", "LogOnly", "v1.2"];
  return fc.constantFrom(...samples.filter((text) => new RegExp(pattern).test(text)));
}

function objectsOf(node: ObjectNode, generation: Generation): fc.Arbitrary<unknown> {
  const fields = Object.entries(node.fields).filter(([, field]) => existsIn(field, generation));
  const exclusive = new Set((node.exactlyOne ?? []).flat());
  const shared = fields.filter(([name]) => !exclusive.has(name));
  const record = fc.record(
    Object.fromEntries(
      shared.map(([name, field]) => [spelling(name, field, generation), fieldValues(field, generation)]),
    ),
    { requiredKeys: shared.filter(([, f]) => f.presence === "required").map(([n, f]) => spelling(n, f, generation)) },
  );
  const choices = (node.exactlyOne ?? []).map((names) =>
    fc.oneof(
      ...fields
        .filter(([name]) => names.includes(name))
        .map(([name, field]) =>
          fieldValues(field, generation).map((value) => ({ [spelling(name, field, generation)]: value })),
        ),
    ),
  );
  return fc.tuple(record, ...choices).map((parts) => Object.assign({}, ...parts) as unknown);
}

function spelling(name: string, field: Field, generation: Generation): string {
  return (generation === "old" ? field.old?.name : undefined) ?? name;
}

function fieldValues(field: Field, generation: Generation): fc.Arbitrary<unknown> {
  return valuesOf((generation === "old" ? field.old?.form : undefined) ?? field.schema, generation);
}

/** The schema without what is judged later: there the compiler takes anything and says more than the API server can. */
export function formal(schema: Schema): Schema {
  const like = (_: string, value: { type?: unknown; like?: unknown } | null): unknown =>
    value?.type === "anything" && value.like !== undefined ? value.like : value;
  return JSON.parse(JSON.stringify(schema), like) as Schema;
}
