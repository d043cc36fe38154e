/**
 * Encoded resources as YAML that people review: Envoy's own field names, sorted, secrets replaced by the placeholders
 * that they came from.
 */
import { fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { stringify } from "yaml";
import { type Encoded, encodedBytes, type ResourceType, typeUrls } from "#compiler";
import { envoyRegistry as registry } from "../../src/compiler/envoy/registry.ts";
import type { Material } from "./material.ts";

/** The resources that `show` selects, by type and name. */
export function renderResources(resources: readonly Encoded[], show: readonly string[], material: Material): string {
  const shown = (Object.keys(typeUrls) as ResourceType[]).flatMap((type): [ResourceType, object][] => {
    const ofType = resources
      .filter((one) => one.type === type && isShown(one, show))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (ofType.length === 0) return [];
    return [[type, Object.fromEntries(ofType.map((one) => [one.name, redact(resourceJson(one), material)]))]];
  });
  return stringify(Object.fromEntries(shown), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A resource in Envoy's JSON form. */
export function resourceJson(resource: Encoded): JsonValue {
  const schema = registry.getMessage(typeUrls[resource.type].replace(/^.*\//, ""));
  if (!schema) throw new Error(`no schema for ${typeUrls[resource.type]}`);
  return toJson(schema, fromBinary(schema, encodedBytes(resource)), { registry, useProtoFieldName: true });
}

function isShown(resource: Encoded, show: readonly string[]): boolean {
  return show.some((item) => {
    const [type = "", name] = item.split(/ (.*)/s);
    return type === resource.type && (name === undefined || glob(name).test(resource.name));
  });
}

function glob(pattern: string): RegExp {
  const literals = pattern.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`, "s");
}

function redact(value: JsonValue, material: Material): JsonValue {
  if (Array.isArray(value)) return value.map((item) => redact(item, material));
  if (typeof value !== "object" || value === null) return value;
  const slot = slotOf(value);
  if (slot !== undefined) return { slot };
  const fields = Object.entries(value).map(([key, inner]): [string, JsonValue] => {
    if (typeof inner !== "string") return [key, redact(inner, material)];
    const text = key === "inline_bytes" ? Buffer.from(inner, "base64").toString("utf8") : inner;
    const secret = key === "inline_bytes" || text.includes("-----BEGIN ");
    return [key, secret ? (material.placeholderOf(text) ?? "<redacted>") : inner];
  });
  return Object.fromEntries(fields);
}

const typePrefix = /^type\.googleapis\.com\/envoy\.extensions\.(filters\.http\.)?/;
const usualNoOp = "filter_chain.v3.FilterChainConfig";

/** A filter that is asked for over ADS and may be the no-op: eight lines that every listener has a dozen times. */
function slotOf(filter: { readonly [key: string]: JsonValue }): string | undefined {
  const { name, config_discovery: discovery, ...rest } = filter;
  if (typeof name !== "string" || typeof discovery !== "object" || discovery === null) return undefined;
  const { config_source: source, type_urls: types, ...more } = discovery as { readonly [key: string]: JsonValue };
  const plain = JSON.stringify(source) === '{"ads":{},"resource_api_version":"V3"}' && Array.isArray(types);
  if (!plain || Object.keys({ ...rest, ...more }).length > 0) return undefined;
  const [noOp, ...others] = types.map((type) => String(type).replace(typePrefix, ""));
  return `${name} ${others.join(" ")}${noOp === usualNoOp ? "" : `, else ${noOp}`}`;
}
