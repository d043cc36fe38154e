/**
 * Schema → filling in of defaults on a hub value, compiled once. Values without anything to fill in are returned as
 * they are.
 */
import { isRecord } from "./check.ts";
import type { ObjectNode, Schema } from "./schema.ts";

/** Fills in defaults. */
export type Fill = (value: unknown) => unknown;

/** Compiles the filling in of a schema's defaults; undefined when it has none at any depth. */
export function compileFill(schema: Schema): Fill | undefined {
  switch (schema.type) {
    case "object":
      return objectFill(schema);
    case "list": {
      const item = compileFill(schema.item);
      return item && ((value) => (Array.isArray(value) ? value.map(item) : value));
    }
    case "map": {
      const inner = compileFill(schema.value);
      return inner && ((value) => (isRecord(value) ? mapValues(value, inner) : value));
    }
    case "variants": {
      const forms = schema.forms.map(compileFill).filter((fill) => fill !== undefined);
      return forms.length === 0 ? undefined : (value) => forms.reduce((filled, fill) => fill(filled), value);
    }
    default:
      return undefined;
  }
}

/** The same keys with other values. */
export function mapValues(value: Readonly<Record<string, unknown>>, fn: Fill): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fn(inner)]));
}

function objectFill(node: ObjectNode): Fill | undefined {
  const defaults: [string, unknown][] = [];
  const nested: [string, Fill][] = [];
  for (const [name, field] of Object.entries(node.fields)) {
    if (field.presence === "defaulted") defaults.push([name, field.default]);
    const fill = compileFill(field.schema);
    if (fill) nested.push([name, fill]);
  }
  if (defaults.length === 0 && nested.length === 0) return undefined;
  return (value) => {
    if (!isRecord(value)) return value;
    let filled: Record<string, unknown> = value;
    const put = (name: string, inner: unknown): void => {
      if (filled === value) filled = { ...value };
      filled[name] = inner;
    };
    for (const [name, fallback] of defaults) if ((filled[name] ?? undefined) === undefined) put(name, fallback);
    for (const [name, fill] of nested) if (filled[name] !== undefined) put(name, fill(filled[name]));
    return filled;
  };
}
