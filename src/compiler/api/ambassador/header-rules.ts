/** What headers can be matched, added and removed: told at admission, because Envoy refuses a whole table for one. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { formatProblem } from "../format-string.ts";

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out of messages on the wire.
const control = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Why a text cannot be the name of a header that is added or removed, or undefined. */
export function headerNameProblem(name: string): string | undefined {
  if (name.startsWith(":") || name.toLowerCase() === "host")
    return "cannot be changed as a header; use rewrite or host_rewrite";
  return token.test(name) ? lengthProblem(name) : "is not a header name";
}

/** Why a text cannot be the name of a header that is matched, or undefined. */
export function matchedNameProblem(name: string): string | undefined {
  return token.test(name.replace(/^:/, "")) ? undefined : "is not a header name";
}

/** Why a text cannot stand in a message's head, or undefined. */
export function headTextProblem(text: string): string | undefined {
  return control.test(text) ? "holds control characters" : undefined;
}

/** Why a text cannot be the value of a header that is added, or undefined. */
export function headerValueProblem(value: string): string | undefined {
  return headTextProblem(value) ?? lengthProblem(value) ?? formatProblem(value);
}

const maxBytes = 16_384;

function lengthProblem(text: string): string | undefined {
  return Buffer.byteLength(text) > maxBytes ? `is longer than ${maxBytes} bytes` : undefined;
}

interface AddedHeader {
  readonly value?: string;
}

/** Header edits as Mappings and the Module spell them. */
export interface HeaderEditFields {
  readonly add_request_headers?: Readonly<Record<string, AddedHeader>>;
  readonly add_response_headers?: Readonly<Record<string, AddedHeader>>;
  readonly remove_request_headers?: readonly string[];
  readonly remove_response_headers?: readonly string[];
}

/** One header edit that cannot be made: its field, the steps to it, and why. */
export interface BadEdit {
  readonly field: keyof HeaderEditFields;
  readonly step: string | number;
  readonly why: string;
}

/** All header edits that cannot be made. */
export function badEdits(fields: HeaderEditFields): readonly BadEdit[] {
  const found: BadEdit[] = [];
  for (const field of ["add_request_headers", "add_response_headers"] as const) {
    for (const [step, { value = "" }] of Object.entries(fields[field] ?? {})) {
      const why = headerNameProblem(step) ?? headerValueProblem(value);
      if (why !== undefined) found.push({ field, step, why });
    }
  }
  for (const field of ["remove_request_headers", "remove_response_headers"] as const) {
    for (const [step, name] of (fields[field] ?? []).entries()) {
      const why = headerNameProblem(name);
      if (why !== undefined) found.push({ field, step, why: `${JSON.stringify(name)} ${why}` });
    }
  }
  return found;
}

/** What is said of a bad edit of a Mapping or the Module. `at` is the object that holds the fields. */
export function badEditDiagnostic(
  { field, step, why }: BadEdit,
  at: Origin,
  feature: "mapping" | "module",
  traffic: string,
): Diagnostic {
  const where = child(at, field, step);
  return diagnose(`${feature}/invalid-value`, where, `${where.path}: ${why}`, { traffic });
}
