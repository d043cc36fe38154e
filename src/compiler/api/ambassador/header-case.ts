/** Rules for the Module's `header_case_overrides`: a list of spellings, for which there is no place in Envoy. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";

/** The settings that the rules look at. */
interface SpelledNames {
  readonly proper_case?: boolean;
  readonly header_case_overrides?: readonly string[];
}

/** Whether a name is spelled as `proper_case` spells it: a capital letter first and after each mark. */
export function isProperCase(name: string): boolean {
  return name === name.toLowerCase().replaceAll(/(?<=^|[!-/:-@[-`{-~])[a-z]/g, (letter) => letter.toUpperCase());
}

/** What does not come out as the list says. `at` is the Module's `config`. */
export function headerCaseNotes({ proper_case: proper, header_case_overrides: names }: SpelledNames, at: Origin) {
  const where = child(at, "header_case_overrides");
  if (!names || names.length === 0) return [];
  if (proper) {
    const traffic = "all names are spelled as proper_case does it";
    return [diagnose("module/header-case", where, "the list has no effect beside proper_case", { traffic })];
  }
  return names.flatMap((name, index): readonly Diagnostic[] => {
    if (isProperCase(name)) return [];
    const message = `there is no way to spell a name ${JSON.stringify(name)}, whoever sent it`;
    const traffic =
      "over HTTP/1.1 all names stay as the sender wrote them; those that came by HTTP/2 are in lower case";
    return [diagnose("module/header-case", child(where, index), message, { traffic })];
  });
}
