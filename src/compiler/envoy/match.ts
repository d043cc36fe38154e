/** EMIT of matching: RouteMatch and its parts. */
import {
  type HeaderMatcherSchema,
  type QueryParameterMatcherSchema,
  RouteMatchSchema,
} from "#gen/envoy/config/route/v3/route_components_pb.js";
import type { StringMatcherSchema } from "#gen/envoy/type/matcher/v3/string_pb.js";
import type { Bytes } from "../ir/encoded.ts";
import type { NamedMatch, RouteMatch, StringMatch } from "../ir/match.ts";
import { encodeFields, field, type Init } from "./bytes.ts";

type HeaderMatcher = Init<typeof HeaderMatcherSchema>;
type StringMatcher = Init<typeof StringMatcherSchema>;

/** A RouteMatch. */
export function emitMatch(match: RouteMatch, fraction: number | undefined): Init<typeof RouteMatchSchema> {
  return {
    ...emitPath(match.path),
    ...(match.headers.length > 0 && { headers: match.headers.map(emitHeader) }),
    ...(match.query.length > 0 && { queryParameters: match.query.map(emitQuery) }),
    ...(fraction === undefined ? {} : { runtimeFraction: { defaultValue: { numerator: fraction, denominator: 0 } } }),
  };
}

function emitPath(path: RouteMatch["path"]): Init<typeof RouteMatchSchema> {
  switch (path.kind) {
    case "prefix":
      return { pathSpecifier: { case: "prefix", value: path.prefix }, ...caseSensitivity(path.caseSensitive) };
    case "segments":
      return { pathSpecifier: { case: "pathSeparatedPrefix", value: path.prefix } };
    case "exact":
      return { pathSpecifier: { case: "path", value: path.path }, ...caseSensitivity(path.caseSensitive) };
    case "regex":
      return { pathSpecifier: { case: "safeRegex", value: { regex: path.regex } } };
  }
}

function caseSensitivity(sensitive: boolean): { caseSensitive?: boolean } {
  return sensitive ? {} : { caseSensitive: false };
}

/** One more header condition, as bytes that can be appended to an encoded RouteMatch. */
export function emitHeaderCondition(condition: NamedMatch): Bytes {
  return encodeFields(RouteMatchSchema, { headers: [emitHeader(condition)] });
}

function emitHeader(condition: NamedMatch): HeaderMatcher {
  return condition.match.kind === "present"
    ? { name: condition.name, headerMatchSpecifier: { case: "presentMatch", value: true } }
    : { name: condition.name, headerMatchSpecifier: { case: "stringMatch", value: emitString(condition.match) } };
}

function emitQuery(condition: NamedMatch): Init<typeof QueryParameterMatcherSchema> {
  return condition.match.kind === "present"
    ? { name: condition.name, queryParameterMatchSpecifier: { case: "presentMatch", value: true } }
    : {
        name: condition.name,
        queryParameterMatchSpecifier: { case: "stringMatch", value: emitString(condition.match) },
      };
}

function emitString(match: Exclude<StringMatch, { kind: "present" }>): StringMatcher {
  switch (match.kind) {
    case "exact":
      return { matchPattern: { case: "exact", value: match.value } };
    case "prefix":
      return { matchPattern: { case: "prefix", value: match.value } };
    case "suffix":
      return { matchPattern: { case: "suffix", value: match.value } };
    case "regex":
      return { matchPattern: { case: "safeRegex", value: { regex: match.regex } } };
  }
}

/** The field of Route that holds its match. */
export function matchField(...parts: readonly Bytes[]): Bytes {
  return field(1, ...parts);
}
