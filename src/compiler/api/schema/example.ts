/**
 * Schema → an example of every field, as a user would write it: what the schema says itself, or a value that is not
 * the one that absence means. The reference pages show them, and a test admits each.
 */
import type { Field, ObjectNode, Schema } from "./schema.ts";

/** A field's example with what else its object needs beside it; absent where the schema must say one. */
export function exampleOf(name: string, field: Field): Readonly<Record<string, unknown>> | undefined {
  const value = exampleValue(field);
  return value === undefined ? undefined : { ...field.beside, [name]: value };
}

function exampleValue(field: Field): unknown {
  return field.example ?? derived(field.schema, field.default ?? field.unset);
}

/** A value other than `usual`, where the schema tells all there are; of objects, the least that there can be. */
function derived(schema: Schema, usual?: unknown): unknown {
  switch (schema.type) {
    case "boolean":
      return usual !== true;
    case "string":
    case "integer":
    case "number":
      return (schema.values as readonly unknown[] | undefined)?.find((value) => value !== usual);
    case "list": {
      const item = derived(schema.item);
      return item === undefined ? undefined : [item];
    }
    case "object":
      return leastObject(schema);
    case "anything":
      return schema.like && derived(schema.like);
    default:
      return undefined;
  }
}

/** The fields that must be there, or the first field where none must. */
function leastObject(node: ObjectNode): unknown {
  const fields = Object.entries(node.fields);
  const needed = fields.filter(([, { presence }]) => presence === "required");
  const chosen = needed.length > 0 ? needed : fields.slice(0, 1);
  const examples = chosen.map(([name, field]) => exampleOf(name, field));
  return examples.includes(undefined) ? undefined : Object.assign({}, ...examples);
}
