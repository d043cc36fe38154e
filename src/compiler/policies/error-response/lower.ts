/** LOWER of `error_response_overrides` and `bypass_error_response_overrides`, of Mappings and of the Module. */
import { type Checked, type Diagnostic, diagnose, fail, hasError, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import {
  admitErrorRules,
  type ErrorRule,
  formatProblem,
  headerValueProblem,
  type MappingSpec,
  type ModuleConfig,
} from "../../api/index.ts";
import { alwaysEmpty, jsonParts, operatorsOf, type Part, textParts } from "./template.ts";

/** What an answer with a status is given instead of its body. */
export interface Override {
  readonly status: number;
  readonly contentType: string;
  readonly body: readonly Part[];
}

type Overrides = readonly Override[];

/** What the Module asks for: for all Mappings that say nothing, and for requests that nothing takes. */
export function lowerErrorResponse(config: ModuleConfig, at: Origin): Checked<Overrides> {
  const here = child(at, "error_response_overrides");
  const { value, diagnostics } = lowerRules(config.error_response_overrides, here);
  return value && value.length > 0 ? ok(value, [...diagnostics, again(here)]) : { diagnostics };
}

/** What a Mapping asks for: its own overrides instead of the Module's, or none at all. */
export function lowerRouteErrorResponse(spec: MappingSpec, at: Origin): Checked<Overrides> {
  const { error_response_overrides: given } = spec;
  if (given === undefined) return spec.bypass_error_response_overrides ? ok([]) : { diagnostics: [] };
  const here = child(at, "spec", "error_response_overrides");
  const { value, diagnostics } = lowerRules(given, here);
  if (spec.bypass_error_response_overrides) return ok([], value ? [bypassed(here)] : []);
  return value ? ok(value, [...diagnostics, again(here)]) : { diagnostics };
}

/** The operators whose values overrides need, if there are any overrides, which speak for themselves. */
export function neededOperators({ value = [] }: Checked<Overrides>): Checked<readonly string[]> {
  return value.length === 0 ? { diagnostics: [] } : ok(operatorsOf(value.map(({ body }) => body)));
}

function lowerRules(given: unknown, at: Origin): Checked<Overrides> {
  const { value: rules, diagnostics: misread } = admitErrorRules(given, at);
  if (!rules) return { diagnostics: misread };
  const lowered = rules.map(lowerRule);
  const usable = rules.filter((_, index) => lowered[index]?.value);
  return ok(
    lowered.flatMap(({ value }) => value ?? []),
    [...misread, ...lowered.flatMap(({ diagnostics }) => diagnostics), ...shadowed(usable)],
  );
}

function lowerRule({ on_status_code: status, body, at }: ErrorRule): Checked<Override> {
  const { content_type: type, text_format: text, json_format: json } = body;
  const here = child(at, "body");
  if (text !== undefined) {
    const diagnostics = judgeFormat(text, child(here, "text_format"));
    if (hasError(diagnostics)) return { diagnostics };
    return ok({ status, contentType: type ?? "text/plain", body: textParts(text) }, diagnostics);
  }
  if (!json) return fail(notRead(child(here, "text_format_source"), body.text_format_source?.filename));
  const values = Object.entries(json);
  const diagnostics = values.flatMap(([key, value]) => judgeFormat(String(value), child(here, "json_format", key)));
  if (hasError(diagnostics)) return { diagnostics };
  return ok({ status, contentType: type ?? "application/json", body: jsonParts(json) }, diagnostics);
}

/** What is wrong with a format, whose operators must each fit into a header's value. */
function judgeFormat(format: string, at: Origin): readonly Diagnostic[] {
  const problem = formatProblem(format) ?? operatorProblem(format);
  if (problem !== undefined) return [badFormat(at, problem)];
  return format.includes(`%${alwaysEmpty}%`) ? [empty(at)] : [];
}

function operatorProblem(format: string): string | undefined {
  const problems = operatorsOf([textParts(format)]).flatMap((operator) => headerValueProblem(operator) ?? []);
  return problems[0];
}

const lost = "this rule is as if it were not there; the others are used";

function badFormat(at: Origin, problem: string): Diagnostic {
  return diagnose("error-response/invalid-format", at, `Envoy does not take this text: ${problem}`, { traffic: lost });
}

function notRead(at: Origin, file = ""): Diagnostic {
  const message = `the text is in the file ${JSON.stringify(file.slice(0, 80))}, and files are not read`;
  return diagnose("error-response/file", at, message, {
    traffic: lost,
    hint: "write the text itself as text_format",
  });
}

function empty(at: Origin): Diagnostic {
  return diagnose("error-response/always-empty", at, `%${alwaysEmpty}% is always empty here`, {
    traffic: "nothing stands in its place, as ever",
  });
}

function shadowed(rules: readonly ErrorRule[]): readonly Diagnostic[] {
  return rules.flatMap(({ on_status_code: status, at }, index) => {
    const first = rules.findIndex((rule) => rule.on_status_code === status);
    const earlier = rules[first];
    if (!earlier || first === index) return [];
    const related = [{ at: earlier.at, message: "comes first" }];
    const detail = { traffic: "the first rule for a status counts", related };
    return [diagnose("error-response/second-rule", at, `there is a rule for ${status} already`, detail)];
  });
}

function bypassed(at: Origin): Diagnostic {
  return diagnose(
    "error-response/bypassed",
    at,
    "error_response_overrides has no effect beside bypass_error_response_overrides",
    { traffic: "error answers of this Mapping are left as they are" },
  );
}

/** In the last generation, a Mapping with them was not even served. */
function again(at: Origin): Diagnostic {
  return diagnose("compat/error-responses", at, "error_response_overrides have an effect, which they had lost in 4.x", {
    traffic: "error answers have these bodies",
  });
}
