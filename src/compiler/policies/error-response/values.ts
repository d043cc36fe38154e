/**
 * How the values of operators get into bodies: Envoy writes each into a header of the answer, named by the operator,
 * and the script takes these headers off again. What an upstream sends under such a name is overwritten or removed.
 */
import { hash } from "node:crypto";
import type { JsonObject } from "@bufbuild/protobuf";
import type { Override } from "./lower.ts";
import type { Part } from "./template.ts";

/** What the names of the headers begin with. */
export const prefix = "x-dragoman-error-";

/** The header with the request's method: an answer to HEAD must have no body. */
export const methodHeader = `${prefix}method`;

/** The header of an operator. */
export function headerOf(operator: string): string {
  return prefix + suffixOf(operator);
}

function suffixOf(operator: string): string {
  return hash("sha1", operator, "hex").slice(0, 12);
}

/** An override as the script reads it: a value is what it has to fit into, and where it is. */
export function toPlain({ status, contentType, body }: Override) {
  return { status, type: contentType, body: body.map(partToPlain) };
}

function partToPlain(part: Part): string | Readonly<Record<string, string>> {
  return typeof part === "string" ? part : { [part.as]: suffixOf(part.operator) };
}

/** What a route tells the script. */
export function ruleContext(overrides: readonly Override[]): JsonObject {
  return { rules: overrides.map(toPlain) };
}
