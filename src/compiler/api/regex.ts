/** ADMIT: judging regular expressions before Envoy does, because Envoy refuses a whole table for one bad one. */
import { regexSize } from "./regex-size.ts";

/** What Envoy is started with, as Ambassador always did; a Module's `regex_max_size` never raised it. */
const maxSize = 200;

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
  if (/\\x\{0*[1-9a-f][0-9a-f]{2,}\}/i.test(regex)) return "\\x{…} stands for a single byte";
  try {
    const size = regexSize(regex);
    return size > maxSize ? `its program has ${size} instructions, and Envoy takes at most ${maxSize}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
