/** LOWER of the headers of a Knative Ingress: those that requests must have, and those that services see. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { headerNameProblem, headerValueProblem, headTextProblem, matchedNameProblem } from "../../api/index.ts";
import type { HeaderEdits, HeaderValue } from "../../ir/headers.ts";
import type { NamedMatch } from "../../ir/match.ts";

type Texts = Readonly<Record<string, string>>;

/** The conditions on headers, in an order of their own; undefined: no request could meet them. */
export function lowerConditions(
  headers: Texts,
  at: Origin,
  diagnostics: Diagnostic[],
): readonly NamedMatch[] | undefined {
  const entries = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const bad = entries.flatMap(([name, value]) => {
    const why = matchedNameProblem(name) ?? headTextProblem(value);
    return why === undefined ? [] : [invalidHeader(child(at, name), name, why, "the path is not served")];
  });
  diagnostics.push(...bad);
  if (bad.length > 0) return undefined;
  return entries.map(([name, value]) => ({ name: name.toLowerCase(), match: { kind: "exact", value } }));
}

/** The instance's header edits with these headers set, whatever the client says of them; later ones count. */
export function lowerSetHeaders(
  defaults: HeaderEdits,
  given: readonly { readonly headers: Texts; readonly at: Origin }[],
  diagnostics: Diagnostic[],
): HeaderEdits {
  const set = new Map<string, HeaderValue>();
  for (const { headers, at } of given) {
    for (const [name, text] of Object.entries(headers)) {
      // Knative knows no commands of Envoy's: a percent sign is one.
      const value = text.replaceAll("%", "%%");
      const why = headerNameProblem(name) ?? headerValueProblem(value);
      if (why === undefined) set.set(name.toLowerCase(), { name, value, append: false });
      else diagnostics.push(invalidHeader(child(at, name), name, why, "the service does not see it"));
    }
  }
  const others = defaults.addRequest.filter(({ name }) => !set.has(name.toLowerCase()));
  const own = [...set].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, header]) => header);
  return { ...defaults, addRequest: [...others, ...own] };
}

function invalidHeader(at: Origin, name: string, why: string, traffic: string): Diagnostic {
  return diagnose("ingress/invalid-header", at, `header ${JSON.stringify(name)} ${why}`, { traffic });
}
