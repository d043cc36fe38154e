/** Rules for Mappings that no field's schema can tell: patterns, expressions and addresses must be what they claim. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { regexProblem } from "../regex.ts";
import {
  badEditDiagnostic,
  badEdits,
  type HeaderEditFields,
  headTextProblem,
  matchedNameProblem,
} from "./header-rules.ts";
import { type HostFields, mappingHosts } from "./mapping-hosts.ts";
import { serviceProblems } from "./service-address.ts";

interface Pattern {
  readonly pattern: string;
  readonly substitution: string;
}

type Texts = Readonly<Record<string, string>>;

/** The fields that the rules look at. */
export interface RuledFields extends HostFields, HeaderEditFields {
  readonly prefix: string;
  readonly prefix_regex?: boolean;
  readonly method?: string;
  readonly method_regex?: boolean;
  readonly regex_headers?: Texts;
  readonly query_parameters?: Texts;
  readonly regex_query_parameters?: Texts;
  readonly rewrite?: string;
  readonly host_rewrite?: string;
  readonly path_redirect?: string;
  readonly prefix_redirect?: string;
  readonly regex_rewrite?: Pattern;
  readonly regex_redirect?: Pattern;
  readonly allow_upgrade?: readonly string[];
  readonly service: string;
}

/** What is wrong with a Mapping that is right field by field. `at` is its spec. */
export function verifyMapping(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  return [
    ...hostProblems(spec, at),
    ...regexesOf(spec).flatMap(([path, regex]) => regexProblems(regex, path, at)),
    ...serviceProblems(spec.service, at),
    ...nameProblems(spec, at),
    ...textProblems(spec, at),
    ...badEdits(spec).map((edit) => badEditDiagnostic(edit, at, "mapping", traffic)),
  ];
}

const traffic = "the Mapping is not used; if it was good before, that version of it goes on";

function nameProblems(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  const headers = (["headers", "regex_headers"] as const).flatMap((field) =>
    Object.keys(spec[field] ?? {}).map((name) => invalid(at, matchedNameProblem(name), field, name)),
  );
  const parameters = (["query_parameters", "regex_query_parameters"] as const).flatMap((field) =>
    Object.keys(spec[field] ?? {}).map((name) => invalid(at, name === "" ? "is empty" : undefined, field, name)),
  );
  const upgrades = (spec.allow_upgrade ?? []).map((name, i) =>
    invalid(at, /^[\w.+-]+(\/[\w.+-]+)?$/.test(name) ? undefined : "is not the name of a protocol", "allow_upgrade", i),
  );
  return [...headers, ...parameters, ...upgrades].flat();
}

/** What is written into the head of a request or an answer. */
function textProblems(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  const fields = ["rewrite", "host_rewrite", "path_redirect", "prefix_redirect"] as const;
  const patterns = ["regex_rewrite", "regex_redirect"] as const;
  return [
    ...fields.map((field) => invalid(at, headTextProblem(spec[field] ?? ""), field)),
    ...patterns.map((field) => invalid(at, headTextProblem(spec[field]?.substitution ?? ""), field, "substitution")),
  ].flat();
}

function invalid(at: Origin, why: string | undefined, ...steps: readonly (string | number)[]): readonly Diagnostic[] {
  if (why === undefined) return [];
  const where = child(at, ...steps);
  return [diagnose("mapping/invalid-value", where, `${where.path}: ${why}`, { traffic })];
}

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
    [["method"], spec.method_regex && spec.method ? spec.method : undefined],
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
