/** LOWER of a Mapping's matching fields, and of the place that they give it in the order. */

import { intern } from "#base/intern.ts";
import type { Origin } from "#base/origin.ts";
import { type MappingSpec, mappingHosts } from "../../api/index.ts";
import type { NamedMatch, PathMatch, RouteHosts, RouteMatch } from "../../ir/match.ts";
import type { RouteOrder } from "../../ir/route.ts";

/** What a Mapping matches, or nothing where the match cannot be expressed. */
export interface LoweredMatch {
  readonly hosts: RouteHosts;
  readonly match: RouteMatch;
  readonly matchKey: string;
  readonly order: RouteOrder;
}

/** The match of an admitted Mapping; undefined if its host is no pattern, which admission refuses. */
export function lowerMatch(
  spec: MappingSpec,
  labels: Readonly<Record<string, string>>,
  origin: Origin,
): LoweredMatch | undefined {
  const hosts = mappingHosts(spec);
  if (typeof hosts === "string") return undefined;
  const all = lowerHeaders(spec);
  const proto = all.find(isProto)?.match.value;
  const headers = proto ? all.filter((condition) => !isProto(condition)) : all;
  const match: RouteMatch = { path: lowerPath(spec), headers, query: lowerQuery(spec), ...(proto ? { proto } : {}) };
  const order = lowerOrder(spec, hosts, { ...match, headers: all }, origin);
  const groupLabels = hosts.kind === "selected" ? labels : {};
  return { hosts, match, order, matchKey: JSON.stringify([hosts, match, order.precedence, groupLabels]) };
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

function lowerHeaders(spec: MappingSpec): readonly NamedMatch[] {
  const present = new Set(spec.v2BoolHeaders ?? []);
  const exact = Object.entries(spec.headers ?? {})
    .filter(([name]) => name.toLowerCase() !== ":authority")
    .map(([name, value]): NamedMatch => ({ name, match: { kind: "exact", value } }));
  const regex = Object.entries(spec.regex_headers ?? {}).map(([name, value]) => named(name, value, present));
  const method: NamedMatch[] = !spec.method
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
    headers: intern(headers.map(conditionText).join(" ")),
    query: match.query.map(conditionText).join(" "),
    tie: [origin.ref.name, origin.ref.namespace].join("."),
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
