/**
 * `$NAME` and `${NAME}` in manifests, for the names that the operator allows; any other is left as it stands.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { Settings } from "../settings.ts";
import type { RawObject } from "./raw-object.ts";
import { isRecord } from "./schema/index.ts";

/** The object with allowed environment variables put in. */
export function expandEnvironment(raw: RawObject, env: Readonly<Record<string, string>>): RawObject {
  if (Object.keys(env).length === 0) return raw;
  return { ...raw, body: expandIn(raw.body, env, 0) as RawObject["body"] };
}

/** Says where a `$NAME` is left as it stands although there is a variable of that name, which the old system put in. */
export function literalVariables(raw: RawObject, { expandEnv, envNames }: Settings): readonly Diagnostic[] {
  if (envNames === undefined || envNames.length === 0) return [];
  const found: Diagnostic[] = [];
  const wanted = (name: string) => envNames.includes(name) && !Object.hasOwn(expandEnv, name);
  noteIn(raw.body["spec"], { ref: raw.ref, path: ".spec" }, wanted, found, 0);
  return found;
}

type Wanted = (name: string) => boolean;

function noteIn(value: unknown, at: Origin, wanted: Wanted, found: Diagnostic[], depth: number): void {
  if (typeof value === "string" && value.includes("$")) {
    for (const name of namesIn(value)) if (wanted(name)) found.push(leftLiteral(name, at));
  }
  if (depth > maxDepth || typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    noteIn(inner, child(at, Array.isArray(value) ? Number(key) : key), wanted, found, depth + 1);
  }
}

function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(variable)].map(([, braced, bare]) => braced ?? bare ?? ""))];
}

function leftLiteral(name: string, at: Origin): Diagnostic {
  const message = `$${name} stays as it is, although there is an environment variable of that name`;
  return diagnose("object/literal-variable", at, message, {
    traffic: "the text is used with its dollar sign",
    hint: `set DRAGOMAN_EXPAND_ENV=${name} if the variable's value is meant`,
  });
}

const variable = /\$(?:\{(\w+)\}|(\w+))/g;
const maxDepth = 64;

function expandIn(value: unknown, env: Readonly<Record<string, string>>, depth: number): unknown {
  if (typeof value === "string") return value.includes("$") ? expandText(value, env) : value;
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return value.map((item) => expandIn(item, env, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expandIn(inner, env, depth + 1)]));
}

function expandText(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(variable, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    return Object.hasOwn(env, name) ? (env[name] ?? whole) : whole;
  });
}
