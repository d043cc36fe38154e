/**
 * An OpenAPI schema of one version, widened so that the API server stores what an object of another version says.
 * It drops in silence every field that the schema it reads or writes with does not name, and without a conversion
 * webhook one object is read and written with the schemas of all versions. What a version refuses stays refused, except
 * where another version has objects in the place of something else.
 */
import { takesNull } from "./check.ts";
import { fieldsIn, type OpenApi, openApi } from "./openapi.ts";
import type { ApiVersion, ObjectNode, Schema } from "./schema.ts";

/** `own`, with room for the values that `schema` allows in `version`. */
export function keeping(own: OpenApi, schema: Schema, version: ApiVersion): OpenApi {
  const wide = takesNull(schema) ? { ...own, nullable: true } : own;
  return own["x-kubernetes-preserve-unknown-fields"] === true ? wide : wider(wide, schema, version);
}

function wider(own: OpenApi, schema: Schema, version: ApiVersion): OpenApi {
  switch (schema.type) {
    case "string":
    case "integer":
    case "number":
    case "boolean":
    case "null":
      return own;
    case "anything":
      return schema.like ? keeping(own, schema.like, version) : freed(own);
    case "variants":
      return schema.forms.reduce((kept, form) => keeping(kept, form, version), own);
    case "list":
      return within(own, "items", schema.item, version);
    case "map":
      return within(own, "additionalProperties", schema.value, version);
    case "object":
      return own["properties"] === undefined ? freed(own) : withFields(own, schema, version);
  }
}

function within(own: OpenApi, key: "items" | "additionalProperties", schema: Schema, version: ApiVersion): OpenApi {
  const inner = own[key] as OpenApi | undefined;
  if (inner !== undefined) return { ...own, [key]: keeping(inner, schema, version) };
  return isScalar(schema) && key === "items" ? own : freed(own);
}

function withFields(own: OpenApi, node: ObjectNode, version: ApiVersion): OpenApi {
  const properties = { ...(own["properties"] as Record<string, OpenApi>) };
  for (const { name, form, field } of fieldsIn(node, version)) {
    for (const spelling of [name, ...(field.aliases ?? [])]) {
      const known = properties[spelling];
      properties[spelling] = known
        ? keeping(known, form, version)
        : { description: field.doc, ...openApi(form, version) };
    }
  }
  return { ...own, properties };
}

/** Nothing can be dropped from a value without fields. */
function isScalar(schema: Schema): boolean {
  if (schema.type === "variants") return schema.forms.every(isScalar);
  return !["anything", "list", "map", "object"].includes(schema.type);
}

/** A schema that takes anything, in the place of this one. */
function freed({ description }: OpenApi): OpenApi {
  const free = { "x-kubernetes-preserve-unknown-fields": true, nullable: true };
  return description === undefined ? free : { description, ...free };
}
