/**
 * Schema → conversion between the old generation and the hub, compiled once from the fields' old forms.
 * What spans several fields is the business of the kind that has them.
 */
import { existsIn, isRecord } from "./check.ts";
import { mapValues } from "./defaults.ts";
import type { Field, ObjectNode, Schema } from "./schema.ts";

/** Turns a valid value of one generation into the other's. */
export type Convert = (value: unknown) => unknown;

export type Direction = "toHub" | "fromHub";

/** Compiles the conversion of a schema's values; undefined when both generations spell them alike. */
export function compileConvert(schema: Schema, direction: Direction): Convert | undefined {
  switch (schema.type) {
    case "object":
      return objectConvert(schema, direction);
    case "list": {
      const item = compileConvert(schema.item, direction);
      return item && ((value) => (Array.isArray(value) ? value.map(item) : value));
    }
    case "map": {
      const inner = compileConvert(schema.value, direction);
      return inner && ((value) => (isRecord(value) ? mapValues(value, inner) : value));
    }
    default:
      return undefined;
  }
}

function objectConvert(node: ObjectNode, direction: Direction): Convert | undefined {
  const changes = new Map<string, { readonly name: string; readonly convert: Convert }>();
  for (const [hubName, field] of Object.entries(node.fields)) {
    const oldName = field.old?.name ?? hubName;
    const [from, to] = direction === "toHub" ? [oldName, hubName] : [hubName, oldName];
    const convert = fieldConvert(field, direction);
    if (existsIn(field, "old") && (convert || from !== to)) changes.set(from, { name: to, convert: convert ?? same });
  }
  if (changes.size === 0) return undefined;
  return (value) => {
    if (!isRecord(value)) return value;
    const converted: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const change = changes.get(key);
      const inner = change ? change.convert(value[key]) : value[key];
      if (inner !== undefined) converted[change?.name ?? key] = inner;
    }
    return converted;
  };
}

function fieldConvert(field: Field, direction: Direction): Convert | undefined {
  // What only old versions have was turned into other fields before, or never meant anything.
  if (field.presence === "never") return () => undefined;
  return field.old?.[direction] ?? (field.old?.form ? undefined : compileConvert(field.schema, direction));
}

function same(value: unknown): unknown {
  return value;
}
