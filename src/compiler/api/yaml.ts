/**
 * YAML in annotations → plain JSON data, in the dialect that Kubernetes reads: 1.2 with merge keys, and with the words
 * and octal numbers of 1.1 (`yes`, `off`, `0644`). Bounded in size with every alias expanded; never throws.
 */
import { loadAll, YAMLException } from "js-yaml";
import { withoutContent, yamlDialect } from "#base/yaml-dialect.ts";

/** The documents of a text, or the one reason why there are none. */
export type Documents =
  | { readonly kind: "documents"; readonly values: readonly unknown[]; readonly duplicateKeys: boolean }
  | { readonly kind: "bad"; readonly reason: string; readonly line: number; readonly column: number }
  | { readonly kind: "too-large"; readonly reason: string };

const maxLength = 1 << 20;
const maxValues = 100_000;
const maxText = 4 << 20;
const maxDepth = 64;

/** Reads all documents of a text; one syntax error anywhere makes all of it unreadable. */
export function loadDocuments(text: string): Documents {
  if (text.length > maxLength) return { kind: "too-large", reason: "it is larger than 1 MiB" };
  const strict = attempt(text, false);
  const loaded =
    strict.kind === "bad" && strict.reason.includes("duplicated mapping key") ? attempt(text, true) : strict;
  if (loaded.kind !== "documents") return loaded;
  const budget = { values: maxValues, text: maxText };
  if (loaded.values.every((value) => fits(value, budget))) return loaded;
  return { kind: "too-large", reason: "it is too large with its aliases expanded" };
}

function attempt(text: string, lastKeyWins: boolean): Documents {
  try {
    const values = loadAll(text, { schema: yamlDialect, maxDepth, json: lastKeyWins });
    return { kind: "documents", values, duplicateKeys: lastKeyWins };
  } catch (error) {
    if (!(error instanceof YAMLException)) return { kind: "bad", reason: "not YAML", line: 1, column: 1 };
    const { line = 0, column = 0 } = error.mark ?? {};
    return { kind: "bad", reason: withoutContent(error.reason), line: line + 1, column: column + 1 };
  }
}

/** An alias may stand within what it is an alias of, so that only the depth ends the look at it. */
function fits(value: unknown, budget: { values: number; text: number }, depth = 0): boolean {
  if (--budget.values < 0 || depth > maxDepth) return false;
  if (typeof value === "string") budget.text -= value.length;
  if (budget.text < 0) return false;
  if (typeof value !== "object" || value === null) return true;
  for (const [key, inner] of Object.entries(value)) {
    budget.text -= key.length;
    if (!fits(inner, budget, depth + 1)) return false;
  }
  return true;
}
