/**
 * `$NAME` and `${NAME}` in manifests, for the names that the operator allows; any other is left as it stands.
 */
import type { RawObject } from "./raw-object.ts";
import { isRecord } from "./schema/index.ts";

/** The object with allowed environment variables put in. */
export function expandEnvironment(raw: RawObject, env: Readonly<Record<string, string>>): RawObject {
  if (Object.keys(env).length === 0) return raw;
  return { ...raw, body: expandIn(raw.body, env, 0) as RawObject["body"] };
}

const maxDepth = 64;

function expandIn(value: unknown, env: Readonly<Record<string, string>>, depth: number): unknown {
  if (typeof value === "string") return value.includes("$") ? expandText(value, env) : value;
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return value.map((item) => expandIn(item, env, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expandIn(inner, env, depth + 1)]));
}

function expandText(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    return Object.hasOwn(env, name) ? (env[name] ?? whole) : whole;
  });
}
