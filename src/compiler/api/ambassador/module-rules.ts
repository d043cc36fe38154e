/**
 * Rules for the Module's settings that no schema can tell. The Module is for everything, so each bad header edit and
 * a bad log format are taken out, and nothing besides.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { formatProblem } from "../format-string.ts";
import { headerCaseNotes } from "./header-case.ts";
import { badEditDiagnostic, badEdits, type HeaderEditFields } from "./header-rules.ts";
import type { ModuleConfig } from "./module-config.ts";
import { balancingProblems, upstreamNotes } from "./upstream-rules.ts";

/** Settings without what cannot be used, and what that was. */
export interface SettledConfig {
  readonly config: ModuleConfig;
  readonly found: readonly Diagnostic[];
}

/** Takes out of the settings what Envoy would refuse everything for. `at` is the Module's `config`. */
export function settleConfig(config: ModuleConfig, at: Origin): SettledConfig {
  const found: Diagnostic[] = [];
  const { defaults, envoy_log_format: format, load_balancer: balancer, ...rest } = config;
  const problem = logFormatProblem(format);
  if (problem !== undefined) {
    const where = child(at, "envoy_log_format");
    const traffic = "the access log has its default form";
    found.push(diagnose("module/invalid-value", where, `${where.path}: ${problem}`, { traffic }));
  }
  const balancing = balancingProblems(config, at, "module", "endpoints take turns");
  found.push(...upstreamNotes(config, at), ...balancing, ...originsNotes(config, at), ...headerCaseNotes(config, at));
  const settled = {
    ...rest,
    ...(defaults === undefined ? {} : { defaults: settleDefaults(defaults, child(at, "defaults"), found) }),
    ...(balancer === undefined || balancing.length > 0 ? {} : { load_balancer: balancer }),
    ...(format === undefined || problem !== undefined ? {} : { envoy_log_format: format }),
  };
  return found.length === 0 ? { config, found } : { config: settled, found };
}

/** One text of a Module was never split, because nothing converted it. */
function originsNotes({ cors }: ModuleConfig, at: Origin): readonly Diagnostic[] {
  if (!cors?.v2CommaSeparatedOrigins) return [];
  const message = "origins in one text are separated at commas; the old system took each letter for an origin";
  const traffic = "scripts of these origins may read answers";
  return [diagnose("compat/cors-origins", child(at, "cors", "origins"), message, { traffic })];
}

type Defaults = NonNullable<ModuleConfig["defaults"]>;

function settleDefaults(defaults: Defaults, at: Origin, found: Diagnostic[]): Defaults {
  const { httpmapping } = defaults;
  const own = httpmapping && settleEdits(httpmapping, child(at, "httpmapping"), found);
  return { ...settleEdits(defaults, at, found), ...(own === undefined ? {} : { httpmapping: own }) };
}

function settleEdits<T extends HeaderEditFields>(fields: T, at: Origin, found: Diagnostic[]): T {
  const bad = badEdits(fields);
  found.push(...bad.map((edit) => badEditDiagnostic(edit, at, "module", "this header is left as it is")));
  return bad.length === 0 ? fields : { ...fields, ...withoutEdits(fields, bad) };
}

function withoutEdits(fields: HeaderEditFields, bad: ReturnType<typeof badEdits>): HeaderEditFields {
  const isBad = (of: string, step: string | number): boolean =>
    bad.some((edit) => edit.field === of && edit.step === step);
  const kept: [string, unknown][] = [];
  for (const field of ["add_request_headers", "add_response_headers"] as const) {
    if (fields[field] === undefined) continue;
    kept.push([field, Object.fromEntries(Object.entries(fields[field]).filter(([name]) => !isBad(field, name)))]);
  }
  for (const field of ["remove_request_headers", "remove_response_headers"] as const) {
    if (fields[field] !== undefined) kept.push([field, fields[field].filter((_, index) => !isBad(field, index))]);
  }
  return Object.fromEntries(kept);
}

const maxDepth = 16;

function logFormatProblem(format: unknown, depth = 0): string | undefined {
  if (typeof format === "string") return formatProblem(format);
  if (typeof format !== "object" || format === null) return undefined;
  if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
  return Object.values(format)
    .map((inner) => logFormatProblem(inner, depth + 1))
    .find((problem) => problem !== undefined);
}
