/**
 * Schema → the rows of a reference page: one per field, nested ones with their whole path.
 */
import { exampleOf } from "./example.ts";
import { flowYaml } from "./flow-yaml.ts";
import type { ApiVersion, Field, ObjectNode, Schema } from "./schema.ts";

/** What the reference says of a field. */
export interface Row {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: string;
  readonly versions: readonly ApiVersion[];
  readonly old: string;
  readonly status: "" | "not yet" | "no effect";
  readonly doc: string;
  /** As it is written in YAML, on one line. */
  readonly example: string;
}

/** The rows of an object's fields, in the order of the schema. */
export function rowsOf(node: ObjectNode, versions: readonly ApiVersion[], prefix = ""): readonly Row[] {
  return Object.entries(node.fields).flatMap(([name, field]) => {
    const of = versions.filter((version) => field.versions?.includes(version) ?? true);
    const own = { ...row(prefix + name, field, of), example: exampleText(exampleOf(name, field)) };
    const nested = nestedObject(field.schema);
    return nested ? [own, ...rowsOf(nested.node, of, prefix + name + nested.step)] : [own];
  });
}

function row(path: string, field: Field, versions: readonly ApiVersion[]): Omit<Row, "example"> {
  const status = { compiled: "", notYet: "not yet", ignored: "no effect" } as const;
  const value = field.default ?? field.unset;
  return {
    path,
    type: typeText(field.schema),
    required: field.presence === "required",
    default: value === undefined ? "" : JSON.stringify(value),
    versions,
    old: oldText(field),
    status: status[field.status ?? "compiled"],
    doc: field.because === undefined ? field.doc : `${field.doc} (${field.because})`,
  };
}

function exampleText(example: Readonly<Record<string, unknown>> = {}): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}: ${flowYaml(value)}`)
    .join(", ");
}

function oldText(field: Field): string {
  const spellings = [field.old?.name, ...(field.aliases ?? [])].filter((name) => name !== undefined);
  const form = field.old?.form ? [typeText(field.old.form)] : [];
  return [...spellings.map((name) => `\`${name}\``), ...form].join(", ");
}

function typeText(schema: Schema): string {
  switch (schema.type) {
    case "string":
      return schema.values
        ? schema.values.map((value) => `\`${value === "" ? '""' : value}\``).join(" or ")
        : (schema.called ?? "string");
    case "integer":
    case "number":
      return schema.values ? schema.values.join(" or ") : schema.type + rangeText(schema.min, schema.max);
    case "list":
      return `list of ${typeText(schema.item)}`;
    case "map":
      return `map to ${typeText(schema.value)}`;
    case "variants":
      return schema.forms.map(typeText).join(" or ");
    case "anything":
      return schema.like ? typeText(schema.like) : schema.type;
    default:
      return schema.type;
  }
}

function rangeText(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return max === undefined ? "" : `, at most ${max}`;
  return max === undefined ? `, at least ${min}` : `, ${min} to ${max}`;
}

/** The object inside a field's schema, and how a path goes on to its fields. */
function nestedObject(schema: Schema, step = ""): { readonly node: ObjectNode; readonly step: string } | undefined {
  switch (schema.type) {
    case "object":
      return { node: schema, step: `${step}.` };
    case "list":
      return nestedObject(schema.item, `${step}[]`);
    case "map":
      return nestedObject(schema.value, `${step}.*`);
    case "anything":
      return schema.like && nestedObject(schema.like, step);
    default:
      return undefined;
  }
}
