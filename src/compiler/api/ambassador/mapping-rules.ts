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
    ...allRegexProblems(spec, at),
    ...serviceProblems(spec.service, at),
    ...nameProblems(spec, at),
    ...textProblems(spec, at),
    ...badEdits(spec).map((edit) => badEditDiagnostic(edit, at, "mapping", traffic)),
  ];
}

const traffic = "the Mapping is not used; if it was good before, that version of it goes on";

function nameProblems(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const field of ["headers", "regex_headers"] as const) {
    for (const name in spec[field]) invalid(found, at, matchedNameProblem(name), field, name);
  }
  for (const field of ["query_parameters", "regex_query_parameters"] as const) {
    for (const name in spec[field]) invalid(found, at, parameterProblem(name), field, name);
  }
  for (const [i, name] of (spec.allow_upgrade ?? []).entries()) {
    const why = /^[\w.+-]+(\/[\w.+-]+)?$/.test(name) ? undefined : "is not the name of a protocol";
    invalid(found, at, why, "allow_upgrade", i);
  }
  return found;
}

function parameterProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  return Buffer.byteLength(name) > 1024 ? "is longer than 1024 bytes" : undefined;
}

/** What is written into the head of a request or an answer. */
function textProblems(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const field of ["rewrite", "host_rewrite", "path_redirect", "prefix_redirect"] as const) {
    invalid(found, at, headTextProblem(spec[field] ?? ""), field);
  }
  for (const field of ["regex_rewrite", "regex_redirect"] as const) {
    invalid(found, at, headTextProblem(spec[field]?.substitution ?? ""), field, "substitution");
  }
  return found;
}

function invalid(
  found: Diagnostic[],
  at: Origin,
  why: string | undefined,
  ...steps: readonly (string | number)[]
): void {
  if (why === undefined) return;
  const where = child(at, ...steps);
  found.push(diagnose("mapping/invalid-value", where, `${where.path}: ${why}`, { traffic }));
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

function allRegexProblems(spec: RuledFields, at: Origin): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const check = (regex: string | undefined, ...path: readonly string[]): void => {
    if (regex !== undefined) found.push(...regexProblems(regex, path, at));
  };
  if (spec.prefix_regex) check(spec.prefix, "prefix");
  if (spec.host_regex) check(spec.host, "host");
  if (spec.method_regex && spec.method) check(spec.method, "method");
  check(spec.regex_rewrite?.pattern, "regex_rewrite", "pattern");
  check(spec.regex_redirect?.pattern, "regex_redirect", "pattern");
  for (const map of ["regex_headers", "regex_query_parameters"] as const) {
    for (const name in spec[map]) check(spec[map][name], map, name);
  }
  return found;
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
