/** Whether a route's conditions hold for a request, by Envoy's rules, and which one fails first if they do not. */
import { RE2JS } from "re2js";
import { concealed, isSensitiveName } from "#base/conceal.ts";
import type { NamedMatch, PathMatch, RouteMatch, StringMatch } from "../ir/match.ts";
import { headerValues } from "./header-values.ts";
import { splitQuery } from "./path.ts";
import type { SeenRequest } from "./request.ts";

/** A condition that does not hold. */
export interface Failure {
  readonly what: "path" | "host" | "method" | "header" | "query";
  /** The whole sentence, without anything secret. */
  readonly message: string;
}

/** The first condition that fails; undefined when all hold. */
export function firstFailure(match: RouteMatch, authority: NamedMatch | undefined, request: SeenRequest) {
  return (
    pathFailure(match.path, request) ??
    (authority && headerFailure(authority, request)) ??
    firstOf(match.headers, (condition) => headerFailure(condition, request)) ??
    firstOf(match.query, (condition) => queryFailure(condition, request))
  );
}

function firstOf<T>(items: readonly T[], test: (item: T) => Failure | undefined): Failure | undefined {
  for (const item of items) {
    const failure = test(item);
    if (failure) return failure;
  }
  return undefined;
}

function pathFailure(match: PathMatch, request: SeenRequest): Failure | undefined {
  const [path] = splitQuery(request.path);
  return matchesPath(match, path) ? undefined : { what: "path", message: `the path ${describePath(match)}` };
}

/** Whether a path (without query) matches. */
function matchesPath(match: PathMatch, path: string): boolean {
  if (match.kind === "regex") return matchesRegex(match.regex, path);
  if (match.kind === "segments") return path === match.prefix || path.startsWith(`${match.prefix}/`);
  const fold = match.caseSensitive ? (text: string) => text : foldAscii;
  return match.kind === "exact" ? fold(path) === fold(match.path) : fold(path).startsWith(fold(match.prefix));
}

/** ASCII letters in lower case: what Envoy's comparisons without case look at. */
function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function describePath(match: PathMatch): string {
  if (match.kind === "regex") return `does not match ${match.regex}`;
  if (match.kind === "segments") return `is neither ${match.prefix} nor below it`;
  const how = match.caseSensitive ? "" : " (in any case)";
  return match.kind === "exact" ? `is not ${match.path}${how}` : `does not begin with ${match.prefix}${how}`;
}

function headerFailure(condition: NamedMatch, request: SeenRequest): Failure | undefined {
  const name = condition.name.toLowerCase();
  const values = headerValues(name, request);
  if (values.some((value) => matchesString(condition.match, value))) return undefined;
  const message = describeFailure(headerTitle(name), condition, values.length > 0 ? values.join(", ") : undefined);
  return {
    what: name === ":method" ? "method" : name === ":authority" || name === "host" ? "host" : "header",
    message,
  };
}

function headerTitle(name: string): string {
  if (name === ":method") return "the method";
  return name === ":authority" || name === "host" ? "the Host header" : `the header ${name}`;
}

/** Names and values of a query are compared as they are written; of several of one name the first counts. */
function queryFailure(condition: NamedMatch, request: SeenRequest): Failure | undefined {
  const [, query] = splitQuery(request.path);
  const value = queryValue(condition.name, query.slice(1));
  if (value !== undefined && matchesString(condition.match, value)) return undefined;
  return { what: "query", message: describeFailure(`the query parameter ${condition.name}`, condition, value) };
}

function queryValue(name: string, query: string): string | undefined {
  if (query === "") return undefined;
  for (const parameter of query.split("&")) {
    const equal = parameter.indexOf("=");
    if ((equal < 0 ? parameter : parameter.slice(0, equal)) === name)
      return equal < 0 ? "" : parameter.slice(equal + 1);
  }
  return undefined;
}

function matchesString(match: StringMatch, value: string): boolean {
  switch (match.kind) {
    case "exact":
      return value === match.value;
    case "prefix":
      return value.startsWith(match.value);
    case "suffix":
      return value.endsWith(match.value);
    case "regex":
      return matchesRegex(match.regex, value);
    case "present":
      return true;
  }
}

function describeFailure(title: string, { name, match }: NamedMatch, value: string | undefined): string {
  if (value === undefined) return `${title} is missing`;
  const secret = isSensitiveName(name);
  const wanted = secret ? concealed : match.kind === "regex" ? match.regex : "value" in match ? match.value : "";
  const got = secret ? concealed : JSON.stringify(value);
  const verb = { exact: "not", prefix: "which does not begin with", suffix: "which does not end in" } as const;
  if (match.kind === "regex") return `${title} is ${got}, which does not match ${wanted}`;
  return match.kind === "present" ? `${title} is missing` : `${title} is ${got}, ${verb[match.kind]} ${wanted}`;
}

const compiled = new Map<string, RE2JS>();

/** Compiles an RE2 expression; remembers a bounded number of them. */
export function regexOf(regex: string): RE2JS {
  const known = compiled.get(regex) ?? RE2JS.compile(regex);
  if (compiled.size > 10_000) compiled.clear();
  compiled.set(regex, known);
  return known;
}

function matchesRegex(regex: string, value: string): boolean {
  return regexOf(regex).matches(value);
}
