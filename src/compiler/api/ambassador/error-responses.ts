/**
 * ADMIT of `error_response_overrides`, of Mappings and of the Module. The rules are judged one by one, and a bad one
 * costs itself only.
 */
import { type Checked, type Diagnostic, diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { problemDiagnostics } from "../admit-kind.ts";
import {
  boolean,
  compileCheck,
  integer,
  isRecord,
  judgedLater,
  list,
  map,
  number,
  object,
  optional,
  required,
  type Static,
  string,
  stringLike,
  trailFrom,
  variants,
} from "../schema/index.ts";

const rule = object({
  on_status_code: required(integer({ min: 400, max: 599 }), "Status whose body is replaced.", { example: 404 }),
  body: required(
    object(
      {
        content_type: optional(
          stringLike("^[ -~]+$", "content type such as text/html"),
          "Content type of the body; without it, `text/plain` or `application/json`.",
          { example: "text/html", beside: { text_format: "<p>Sorry.</p>" } },
        ),
        text_format: optional(string(), "Text; may hold Envoy's command operators.", {
          example: "status %RESPONSE_CODE%",
        }),
        json_format: optional(
          map(variants(string(), number(), boolean())),
          "JSON object; its values may hold Envoy's command operators.",
          { example: { status: "%RESPONSE_CODE%" } },
        ),
        text_format_source: optional(
          object({ filename: optional(string(), "Path of the file.", { example: "/etc/pages/404.html" }) }),
          "File with the text; it is not read, and the rule is left out.",
        ),
      },
      { exactlyOne: [["text_format", "json_format", "text_format_source"]] },
    ),
    "What is sent in its place, in one of three forms.",
  ),
});

/** Other bodies for error answers. */
export const errorResponseOverrides = judgedLater(list(rule, { min: 1 }));

/** One rule, and where it is. */
export interface ErrorRule extends Static<typeof rule> {
  readonly at: Origin;
}

const check = compileCheck(rule, "hub");
const lost = "this rule is as if it were not there; the others are used";

/** The rules that can be read. No value: nothing is asked for. */
export function admitErrorRules(given: unknown, at: Origin): Checked<readonly ErrorRule[]> {
  if (given === undefined || given === null) return { diagnostics: [] };
  if (!Array.isArray(given) || given.length === 0) return ok([], [noRules(at)]);
  const judged = given.map((one, index) => admitRule(one, child(at, index)));
  return ok(
    judged.flatMap(({ value }) => value ?? []),
    judged.flatMap(({ diagnostics }) => diagnostics),
  );
}

function admitRule(given: unknown, at: Origin): Checked<ErrorRule> {
  const trail = trailFrom();
  const checked = check(withPlainStatus(given), trail);
  const diagnostics = problemDiagnostics({ feature: "mapping" }, trail, at, lost);
  return trail.invalid > 0 ? fail(...diagnostics) : ok({ ...(checked as Static<typeof rule>), at }, diagnostics);
}

/** A status in quotes was always taken for a number. */
function withPlainStatus(given: unknown): unknown {
  if (!isRecord(given) || typeof given["on_status_code"] !== "string") return given;
  const status = Number(given["on_status_code"]);
  return Number.isInteger(status) ? { ...given, on_status_code: status } : given;
}

function noRules(at: Origin): Diagnostic {
  return diagnose("error-response/no-rules", at, "error_response_overrides is not a list of at least one rule", {
    traffic: "error answers are left as they are",
    hint: "list rules with on_status_code and body, or leave the field out",
  });
}
