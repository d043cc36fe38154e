/** Rules for Mappings that no field's schema can tell: patterns, expressions and addresses must be what they claim. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { regexProblem } from "../regex.ts";
import { type HostFields, mappingHosts } from "./mapping-hosts.ts";
import { serviceProblems } from "./service-address.ts";

interface Pattern {
  readonly pattern: string;
}

/** The fields that the rules look at. */
export interface RuledFields extends HostFields {
  readonly prefix: string;
  readonly prefix_regex?: boolean;
  readonly method?: string;
  readonly method_regex?: boolean;
  readonly regex_headers?: Readonly<Record<string, string>>;
  readonly regex_query_parameters?: Readonly<Record<string, string>>;
  readonly regex_rewrite?: Pattern;
  readonly regex_redirect?: Pattern;
  readonly service: string;
}

/** What is wrong with a Mapping that is right field by field. `at` is its spec. */
export function verifyMapping(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  return [
    ...hostProblems(spec, at),
    ...regexesOf(spec).flatMap(([path, regex]) => regexProblems(regex, path, at)),
    ...serviceProblems(spec.service, at),
  ];
}

const traffic = "the Mapping is not used; if it was good before, that version of it goes on";

function hostProblems(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  const hosts = mappingHosts(spec);
  if (typeof hosts !== "string") return [];
  const field = spec.hostname ? "hostname" : "host";
  const given = JSON.stringify(spec[field] ?? "");
  return [
    diagnose("mapping/invalid-host", child(at, field), `${given} is not a host name pattern: ${hosts}`, {
      traffic,
      hint: "write an exact name, `*`, `*.example.com` or `example.*`; use host_regex for more",
    }),
  ];
}

function regexesOf(spec: RuledFields): readonly (readonly [path: readonly string[], regex: string])[] {
  const found: [readonly string[], string | undefined][] = [
    [["prefix"], spec.prefix_regex ? spec.prefix : undefined],
    [["host"], spec.host_regex ? spec.host : undefined],
    [["method"], spec.method_regex ? spec.method : undefined],
    [["regex_rewrite", "pattern"], spec.regex_rewrite?.pattern],
    [["regex_redirect", "pattern"], spec.regex_redirect?.pattern],
  ];
  for (const map of ["regex_headers", "regex_query_parameters"] as const) {
    for (const [name, regex] of Object.entries(spec[map] ?? {})) found.push([[map, name], regex]);
  }
  return found.flatMap(([path, regex]) => (regex === undefined ? [] : [[path, regex] as const]));
}

function regexProblems(regex: string, path: readonly string[], at: Origin): readonly Diagnostic[] {
  const problem = regexProblem(regex);
  if (problem === undefined) return [];
  return [
    diagnose(
      "mapping/invalid-regex",
      child(at, ...path),
      `${JSON.stringify(regex)} is not a usable regular expression: ${problem}`,
      {
        traffic,
        hint: "write it in RE2 syntax (no look-around, no back-references)",
      },
    ),
  ];
}
