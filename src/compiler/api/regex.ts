/** ADMIT: judging regular expressions before Envoy does, because Envoy refuses a whole table for one bad one. */
import { RE2JS } from "re2js";

const known = new Map<string, string | undefined>();

/** What is wrong with an RE2 expression, or undefined. */
export function regexProblem(regex: string): string | undefined {
  if (known.has(regex)) return known.get(regex);
  const problem = judge(regex);
  if (known.size > 10_000) known.clear();
  known.set(regex, problem);
  return problem;
}

function judge(regex: string): string | undefined {
  if (regex === "") return "it is empty";
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
