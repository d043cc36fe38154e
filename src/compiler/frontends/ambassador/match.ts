/** LOWER of a Mapping's matching fields (resources.md 8.1), and of the place that they give it in the order (9.4). */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob, splitPort } from "#base/hostname.ts";
import { child, type Origin } from "#base/origin.ts";
import type { MappingSpec } from "../../api/index.ts";
import type { NamedMatch, PathMatch, RouteHosts, RouteMatch } from "../../ir/match.ts";
import type { RouteOrder } from "../../ir/route.ts";
import { regexProblem } from "./regex.ts";

/** What a Mapping matches, or nothing where the match cannot be expressed. */
export interface LoweredMatch {
  readonly hosts: RouteHosts;
  readonly match: RouteMatch;
  readonly matchKey: string;
  readonly order: RouteOrder;
}

/** The match, or the diagnostics that say why there is none. */
export function lowerMatch(
  spec: MappingSpec,
  labels: Readonly<Record<string, string>>,
  origin: Origin,
): { readonly value?: LoweredMatch; readonly diagnostics: readonly Diagnostic[] } {
  const problems = regexProblems(spec, origin);
  const hosts = lowerHosts(spec);
  if (typeof hosts === "string") problems.push(badHost(spec, origin, hosts));
  if (problems.length > 0 || typeof hosts === "string") return { diagnostics: problems };
  const all = lowerHeaders(spec);
  const headers = all.filter((condition) => !isProto(condition));
  const proto = all.find(isProto)?.match.value;
  const match: RouteMatch = { path: lowerPath(spec), headers, query: lowerQuery(spec), ...(proto ? { proto } : {}) };
  const order = lowerOrder(spec, hosts, { ...match, headers: all }, origin);
  const groupLabels = hosts.kind === "selected" ? labels : {};
  return {
    value: { hosts, match, order, matchKey: JSON.stringify([hosts, match, order.precedence, groupLabels]) },
    diagnostics: [],
  };
}

type ProtoCondition = NamedMatch & { readonly match: { readonly kind: "exact"; readonly value: "http" | "https" } };

function isProto(condition: NamedMatch): condition is ProtoCondition {
  const { name, match } = condition;
  return name.toLowerCase() === "x-forwarded-proto" && match.kind === "exact" && /^https?$/.test(match.value);
}

function lowerPath(spec: MappingSpec): PathMatch {
  if (spec.prefix_regex) return { kind: "regex", regex: spec.prefix };
  const caseSensitive = spec.case_sensitive ?? true;
  if (spec.prefix_exact) return { kind: "exact", path: spec.prefix, caseSensitive };
  return { kind: "prefix", prefix: spec.prefix, caseSensitive };
}

/** `hostname` before `host` before a header `:authority`; a text says what is wrong. */
function lowerHosts(spec: MappingSpec): RouteHosts | string {
  if (spec.hostname !== undefined && spec.hostname !== "") return lowerGlob(spec.hostname);
  const host = spec.host ?? authorityOf(spec.headers);
  if (host === undefined || host === "") return { kind: "selected" };
  if (spec.host_regex) return { kind: "regex", regex: host };
  return spec.host !== undefined && host.includes("*") ? "an exact host cannot hold a *" : lowerGlob(host);
}

/** Requests are matched whatever port they name, so a port in the pattern is left out. */
function lowerGlob(pattern: string): RouteHosts | string {
  const glob = parseGlob(splitPort(pattern).name);
  return glob ? { kind: "glob", glob: glob.text } : "a * may only stand at one end";
}

function authorityOf(headers: MappingSpec["headers"]): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === ":authority")?.[1];
}

function lowerHeaders(spec: MappingSpec): readonly NamedMatch[] {
  const present = new Set(spec.v2BoolHeaders ?? []);
  const exact = Object.entries(spec.headers ?? {})
    .filter(([name]) => name.toLowerCase() !== ":authority")
    .map(([name, value]): NamedMatch => ({ name, match: { kind: "exact", value } }));
  const regex = Object.entries(spec.regex_headers ?? {}).map(([name, value]) => named(name, value, present));
  const method: NamedMatch[] =
    spec.method === undefined
      ? []
      : [
          {
            name: ":method",
            match: spec.method_regex ? { kind: "regex", regex: spec.method } : { kind: "exact", value: spec.method },
          },
        ];
  return [...exact.sort(byName), ...regex.sort(byName), ...method];
}

function lowerQuery(spec: MappingSpec): readonly NamedMatch[] {
  const present = new Set(spec.v2BoolQueryParameters ?? []);
  const exact = Object.entries(spec.query_parameters ?? {}).map(
    ([name, value]): NamedMatch => ({ name, match: { kind: "exact", value } }),
  );
  const regex = Object.entries(spec.regex_query_parameters ?? {}).map(([name, value]) => named(name, value, present));
  return [...exact.sort(byName), ...regex.sort(byName)];
}

/** v2's `true` came through conversion as `.*`: it asks for presence. */
function named(name: string, value: string, present: ReadonlySet<string>): NamedMatch {
  return { name, match: present.has(name) && value === ".*" ? { kind: "present" } : { kind: "regex", regex: value } };
}

function byName(a: NamedMatch, b: NamedMatch): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function lowerOrder(spec: MappingSpec, hosts: RouteHosts, match: RouteMatch, origin: Origin): RouteOrder {
  const headers = [...match.headers, ...hostCondition(hosts)];
  return {
    precedence: spec.precedence ?? 0,
    pathLength: spec.prefix.length,
    headerLength: sum(headers.map(conditionLength)),
    queryLength: sum(match.query.map(conditionLength)),
    path: spec.prefix,
    headers: headers.map(conditionText).join(" "),
    query: match.query.map(conditionText).join(" "),
    tie: `${origin.ref.name}.${origin.ref.namespace}`,
  };
}

/** The old system matched hosts by a header, whose length counts. */
function hostCondition(hosts: RouteHosts): readonly NamedMatch[] {
  switch (hosts.kind) {
    case "glob":
      return [{ name: ":authority", match: { kind: "exact", value: hosts.glob } }];
    case "regex":
      return [{ name: ":authority", match: { kind: "regex", regex: hosts.regex } }];
    case "selected":
      return [];
  }
}

function conditionLength({ name, match }: NamedMatch): number {
  switch (match.kind) {
    case "exact":
      return name.length + (match.value.length || 1);
    case "regex":
      return name.length + (match.regex.length || 1) + 1;
    case "present":
      return name.length + 3;
    default:
      return name.length + match.value.length;
  }
}

function conditionText({ name, match }: NamedMatch): string {
  return `${name}-${match.kind === "regex" ? match.regex : match.kind === "present" ? "*" : match.value}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function badHost(spec: MappingSpec, origin: Origin, why: string): Diagnostic {
  const field = spec.hostname ? "hostname" : "host";
  return diagnose(
    "mapping/invalid-host",
    child(origin, "spec", field),
    `${spec.hostname ?? spec.host} is not a host name pattern: ${why}`,
    {
      traffic: "no request reaches this Mapping",
      hint: "write an exact name, `*`, `*.example.com` or `example.*`; use host_regex for more",
    },
  );
}

function regexProblems(spec: MappingSpec, origin: Origin): Diagnostic[] {
  const fields: [readonly string[], string | undefined][] = [
    [["prefix"], spec.prefix_regex ? spec.prefix : undefined],
    [["host"], spec.host_regex ? spec.host : undefined],
    [["method"], spec.method_regex ? spec.method : undefined],
    ...Object.entries(spec.regex_headers ?? {}).map(([name, regex]): [string[], string] => [
      ["regex_headers", name],
      regex,
    ]),
    ...Object.entries(spec.regex_query_parameters ?? {}).map(([name, regex]): [string[], string] => [
      ["regex_query_parameters", name],
      regex,
    ]),
  ];
  return fields.flatMap(([path, regex]) => {
    const problem = regex === undefined ? undefined : regexProblem(regex);
    if (problem === undefined) return [];
    return [
      diagnose(
        "mapping/invalid-regex",
        child(origin, "spec", ...path),
        `${JSON.stringify(regex)} is not a valid regular expression: ${problem}`,
        {
          traffic: "no request reaches this Mapping",
          hint: "write it in RE2 syntax (no look-around, no back-references)",
        },
      ),
    ];
  });
}
