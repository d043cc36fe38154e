/** LOWER of the tags of spans. A tag that Envoy would refuse is left out alone. */
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { matchedNameProblem, type TracingServiceSpec } from "../../api/index.ts";
import type { TracingTag } from "../../ir/tracing.ts";

type CustomTag = NonNullable<TracingServiceSpec["custom_tags"]>[number];

/** Lowers a TracingService's tags. */
export function lowerTracingTags(spec: TracingServiceSpec, origin: Origin): Checked<readonly TracingTag[]> {
  const tags: TracingTag[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, given] of (spec.custom_tags ?? []).entries()) {
    const tag = lowerTag(given);
    if (typeof tag !== "string") tags.push(tag);
    else {
      const at = child(origin, "spec", "custom_tags", index);
      diagnostics.push(diagnose("tracing-service/invalid-tag", at, tag, { traffic: "spans go without this tag" }));
    }
  }
  if (spec.tag_headers?.length) {
    const detail = { traffic: "spans go without these tags", hint: "write them as custom_tags with request_header" };
    const message = "tag_headers counts in old versions only, and not beside custom_tags";
    diagnostics.push(diagnose("tracing-service/tag-headers", child(origin, "spec", "tag_headers"), message, detail));
  }
  return { value: tags, diagnostics };
}

function lowerTag({ tag, literal, environment, request_header }: CustomTag): TracingTag | string {
  if (tag === "") return "a tag has to have a name";
  if (literal) return literal.value === "" ? "its value is empty" : { tag, from: "literal", value: literal.value };
  if (environment) {
    const { name, default_value: fallback = "" } = environment;
    return name === "" ? "the variable has no name" : { tag, from: "environment", name, fallback };
  }
  const { name = "", default_value: fallback = "" } = request_header ?? {};
  const problem = matchedNameProblem(name);
  return problem ? `"${name}" ${problem}` : { tag, from: "requestHeader", name, fallback };
}
