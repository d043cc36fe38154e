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
  return conceal(resource.type === "secret" ? withoutMaterial(json) : json);
}

/** Key material, certificates included: they say nothing that the object in the cluster does not say better. */
function withoutMaterial(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutMaterial);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([key, inner]): [string, JsonValue] => [
    key,
    key === "inline_bytes" || key === "inline_string" ? concealed : withoutMaterial(inner),
  ]);
  return Object.fromEntries(fields);
}
