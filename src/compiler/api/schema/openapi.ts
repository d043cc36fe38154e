/**
 * Schema → structural OpenAPI v3 as the API server wants it in a CustomResourceDefinition: no `type` below
 * `oneOf`, no `$ref`, alternatives of several types as preserved unknown fields.
 */
import { existsIn, takesNull } from "./check.ts";
import type { ApiVersion, Field, ObjectNode, Ruled, Schema } from "./schema.ts";

/** A JSON schema. */
export type OpenApi = Readonly<Record<string, unknown>>;

const preserve: OpenApi = { "x-kubernetes-preserve-unknown-fields": true };

/** The schema of one version. */
export function openApi(schema: Schema, version: ApiVersion): OpenApi {
  switch (schema.type) {
    case "string":
      return withoutUndefined({
        type: "string",
        enum: schema.values,
        pattern: schema.pattern,
        ...validations(schema, version),
      });
    case "integer":
    case "number":
      return withoutUndefined({ type: schema.type, minimum: schema.min, maximum: schema.max, enum: schema.values });
    case "boolean":
      return { type: "boolean" };
    case "null":
      return { ...preserve, nullable: true };
    case "anything":
      return schema.like ? openApi(schema.like, version) : { ...preserve, nullable: true };
    case "list":
      return withoutUndefined({
        type: "array",
        items: openApi(schema.item, version),
        minItems: schema.min,
        ...validations(schema, version),
      });
    case "map": {
      if (schema.value.type === "anything") return { type: "object", ...preserve };
      return { type: "object", additionalProperties: openApi(schema.value, version) };
    }
    case "object":
      return objectSchema(schema, version);
    case "variants": {
      const types = schema.forms.map((form) => form.type).sort();
      if (types.join() === "integer,string") return { "x-kubernetes-int-or-string": true };
      // A null that may not be there is dropped before anybody could read it.
      return takesNull(schema) ? { ...preserve, nullable: true } : preserve;
    }
  }
}

function objectSchema(node: ObjectNode, version: ApiVersion): OpenApi {
  const properties: Record<string, OpenApi> = {};
  const required: string[] = [];
  for (const { name, form, field } of fieldsIn(node, version)) {
    const inner = openApi(form, version);
    properties[name] = { description: field.doc, ...inner };
    // A spelling that is not in the schema would be pruned before anybody could read it.
    for (const alias of field.aliases ?? []) properties[alias] = { description: `Same as \`${name}\`.`, ...inner };
    if (field.presence === "required") required.push(name);
  }
  const [choice] = node.exactlyOne ?? [];
  return withoutUndefined({
    type: "object",
    properties,
    required: required.length === 0 ? undefined : required,
    oneOf: choice?.map((name) => ({ required: [name] })),
    ...validations(node, version),
  });
}

function validations({ rules = [] }: Ruled, version: ApiVersion): OpenApi {
  const those = rules.filter(({ hubOnly }) => !hubOnly || version === "v3alpha1");
  if (those.length === 0) return {};
  return { "x-kubernetes-validations": those.map(({ cel, message }) => ({ rule: cel, message })) };
}

/** The fields that objects of a version may have, as that version spells them: those that the compiler reads. */
export function fieldsIn(node: ObjectNode, version: ApiVersion): readonly VersionedField[] {
  const generation = version === "v3alpha1" ? "hub" : "old";
  return Object.entries(node.fields)
    .filter(([, field]) => existsIn(field, generation))
    .map(([hubName, field]) => {
      const { name = hubName, form = field.schema } = (generation === "old" ? field.old : undefined) ?? {};
      return { name, form, field };
    });
}

/** A field under its name in one version. */
export interface VersionedField {
  readonly name: string;
  readonly form: Schema;
  readonly field: Field;
}

function withoutUndefined(given: Readonly<Record<string, unknown>>): OpenApi {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
