/**
 * JSON views of configuration without anything secret: what a header, a query parameter or a field whose name speaks
 * of credentials holds is replaced, and so is what looks like key material in any text.
 */
import { redact } from "./redact.ts";

/** What stands in place of a secret. */
export const concealed = "<redacted>";

/** Whether a header, query parameter or field of this name is likely to hold a credential. */
export function isSensitiveName(name: string): boolean {
  return /authorization|cookie|token|secret|passw|credential|api[-_]?key|access[-_]?key|private[-_]?key|signature/i.test(
    name,
  );
}

/** A copy of plain JSON data without secrets. */
export function conceal<T>(value: T): T {
  return concealIn(value) as T;
}

function concealIn(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(concealIn);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  const named = isNamedSecret(value);
  return Object.fromEntries(
    fields.map(([key, inner]) => [key, named && values.has(key) ? concealed : concealField(key, inner)]),
  );
}

/** A map from names to values, such as the fields of a JSON log, is judged by its keys. */
function concealField(key: string, value: unknown): unknown {
  return typeof value === "string" && keys.test(key) ? concealed : concealIn(value);
}

/** `{ name, value }`: a header to add, a header or a parameter to match. */
function isNamedSecret(value: object): boolean {
  const fields = value as Readonly<Record<string, unknown>>;
  return [fields["name"], fields["key"]].some((name) => typeof name === "string" && isSensitiveName(name));
}

const values: ReadonlySet<string> = new Set(["value", "raw_value", "match", "string_match"]);
const keys = /^(?:private_?key|password|token_?secret|inline_bytes|hmac_?secret)$/i;
