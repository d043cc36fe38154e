/** Encoded resources as people read them: Envoy's own JSON form, with secrets taken out. */
import { fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { conceal, concealed } from "#base/conceal.ts";
import { type Encoded, encodedBytes, typeUrls } from "../ir/encoded.ts";
import { envoyRegistry as registry } from "./registry.ts";

/** A resource in Envoy's JSON form, under Envoy's own field names. */
export function resourceJson(resource: Encoded): JsonValue {
  const schema = registry.getMessage(typeUrls[resource.type].replace(/^.*\//, ""));
  if (!schema) throw new Error(`the registry has no ${typeUrls[resource.type]}`);
  const json = toJson(schema, fromBinary(schema, encodedBytes(resource)), { registry, useProtoFieldName: true });
  if (resource.type === "secret") return conceal(without(json, material));
  return conceal(resource.type === "extension" ? withoutTokens(json) : json);
}

/** Key material, certificates included: they say nothing that the object in the cluster does not say better. */
const material: ReadonlySet<string> = new Set(["inline_bytes", "inline_string"]);
/** What Envoy says to a service of the operator's, which is how such a service knows that it is Envoy. */
const told: ReadonlySet<string> = new Set(["headers_to_add", "initial_metadata"]);

function withoutTokens(value: JsonValue): JsonValue {
  return mapFields(value, (key, inner) => (told.has(key) ? without(inner, new Set(["value"])) : withoutTokens(inner)));
}

function without(value: JsonValue, hidden: ReadonlySet<string>): JsonValue {
  return mapFields(value, (key, inner) => (hidden.has(key) ? concealed : without(inner, hidden)));
}

function mapFields(value: JsonValue, field: (key: string, inner: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => mapFields(item, field));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, field(key, inner)]));
}
