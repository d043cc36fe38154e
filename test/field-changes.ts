/**
 * Every change of a spec that its schema allows: one field removed or given another value at a time, under the path
 * that the reference pages show (`circuit_breakers[].priority`).
 */
import { isRecord } from "../src/compiler/api/schema/check.ts";
import type { Field, Generation, ObjectNode, Schema } from "../src/compiler/api/schema/schema.ts";

/** A value of which one field is different. */
export interface FieldChange {
  readonly path: string;
  readonly value: unknown;
}

/** All changes within a value; a field that must be there is not removed. */
export function* fieldChanges(
  schema: Schema,
  value: unknown,
  generation: Generation,
  path = "",
): Iterable<FieldChange> {
  if (schema.type === "object" && isRecord(value)) yield* ofFields(schema, value, generation, path);
  else if (schema.type === "list" && Array.isArray(value)) {
    for (const [i, item] of value.entries())
      for (const change of fieldChanges(schema.item, item, generation, `${path}[]`))
        yield { ...change, value: value.with(i, change.value) };
  } else if (schema.type === "map" && isRecord(value)) {
    for (const [key, item] of Object.entries(value))
      for (const change of fieldChanges(schema.value, item, generation, `${path}.*`))
        yield { ...change, value: { ...value, [key]: change.value } };
  } else if (schema.type === "variants") {
    for (const form of schema.forms) yield* fieldChanges(form, value, generation, path);
  } else if (schema.type === "anything" && schema.like) yield* fieldChanges(schema.like, value, generation, path);
}

function* ofFields(
  node: ObjectNode,
  value: Readonly<Record<string, unknown>>,
  generation: Generation,
  path: string,
): Iterable<FieldChange> {
  for (const [key, given] of Object.entries(value)) {
    const [name, field] = fieldOf(node, key, generation) ?? [];
    if (name === undefined || field === undefined) continue;
    const at = path === "" ? name : `${path}.${name}`;
    const form = (generation === "old" ? field.old?.form : undefined) ?? field.schema;
    const { [key]: _, ...rest } = value;
    if (field.presence !== "required") yield { path: at, value: rest };
    for (const other of otherValues(form, given)) yield { path: at, value: { ...value, [key]: other } };
    for (const change of fieldChanges(form, given, generation, at))
      yield { ...change, value: { ...value, [key]: change.value } };
  }
}

function fieldOf(node: ObjectNode, key: string, generation: Generation): readonly [string, Field] | undefined {
  return Object.entries(node.fields).find(
    ([name, { aliases, old }]) => name === key || aliases?.includes(key) || (generation === "old" && old?.name === key),
  );
}

/** Other values of the same type; structures become empty ones. */
function* otherValues(schema: Schema, value: unknown): Iterable<unknown> {
  if ("values" in schema && schema.values) yield* schema.values.filter((other) => other !== value);
  else if (typeof value === "boolean") yield !value;
  else if (typeof value === "number") yield* [value + 1, value - 1];
  else if (typeof value === "string") yield* [`${value}x`, `x${value}`, "7s", "/tmp/other"];
  else if (Array.isArray(value)) yield [];
  else if (isRecord(value)) yield {};
}
