/**
 * LOWER of bodies: a text or a JSON object, taken apart into what is constant and what Envoy's command operators tell
 * of each request.
 */
import { type FormatCommand, splitFormat } from "../../api/index.ts";

/** A piece of a body: constant text, or an operator's value. */
export type Part = string | OperatorValue;

/** An operator as it is written, and what its value has to fit into. */
export interface OperatorValue {
  readonly operator: string;
  /** In text; inside a string of JSON; in JSON by itself, as a text or as the number that it is. */
  readonly as: "text" | "string" | "value" | "number";
}

/** Envoy knows what it answers with itself only later. */
export const alwaysEmpty = "LOCAL_REPLY_BODY";

const numeric =
  /(?:^|_)(?:BYTES(?:_\w+)?|CONNECTION_ID|COUNT|CX_RTT|DURATION|PACKETS_RETRANSMITTED|PORT|RESPONSE_CODE|STATUS_NUMBER|TIME_US)$/;

/** The parts of a text. */
export function textParts(format: string): readonly Part[] {
  return parts(format, "text", (literal) => literal);
}

/** The parts of a JSON object. A value that is an operator and nothing else stays a number if it is one. */
export function jsonParts(fields: Readonly<Record<string, string | number | boolean>>): readonly Part[] {
  // In the order of the keys, so that how they are written makes no difference.
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const written = sorted.flatMap(([key, value], index): readonly Part[] => [
    `${index === 0 ? "" : ","}${JSON.stringify(key)}:`,
    ...valueParts(String(value)),
  ]);
  return joined(["{", ...written, "}"]);
}

function valueParts(format: string): readonly Part[] {
  const [first, ...others] = splitFormat(format);
  if (typeof first === "object" && others.length === 0 && first.name !== alwaysEmpty) {
    return [{ operator: first.text, as: isNumeric(first) ? "number" : "value" }];
  }
  return ['"', ...parts(format, "string", (literal) => JSON.stringify(literal).slice(1, -1)), '"'];
}

function isNumeric({ name, text }: FormatCommand): boolean {
  return numeric.test(name) || text === "%GRPC_STATUS(NUMBER)%";
}

function parts(format: string, as: "text" | "string", write: (literal: string) => string): readonly Part[] {
  const split = splitFormat(format).map((part): Part => {
    if (typeof part === "string") return write(part);
    return part.name === alwaysEmpty ? "" : { operator: part.text, as };
  });
  return joined(split);
}

/** Constant texts that meet are one. */
function joined(list: readonly Part[]): readonly Part[] {
  const short: Part[] = [];
  for (const part of list) {
    const last = short.at(-1);
    if (typeof part === "string" && typeof last === "string") short[short.length - 1] = last + part;
    else if (part !== "") short.push(part);
  }
  return short;
}

/** The operators of some bodies, each once and sorted. */
export function operatorsOf(bodies: readonly (readonly Part[])[]): readonly string[] {
  const all = bodies.flat().flatMap((part) => (typeof part === "string" ? [] : [part.operator]));
  return [...new Set(all)].sort();
}
