/**
 * The text of one document → plain JSON data, in the dialect of YAML that Kubernetes reads: 1.2 with merge keys, and
 * with the words and octal numbers of 1.1 (`yes`, `off`, `0644`). JSON is a subset of it.
 * Never throws: whatever is wrong comes back as a problem with its offset.
 */
import { loadAll, YAMLException } from "js-yaml";
import { withoutContent, yamlDialect } from "#base/yaml-dialect.ts";
import { type DuplicateField, duplicateFields } from "./positions.ts";

/** What a document's text turned out to be. `empty` is a document without a value. */
export type Loaded =
  | { readonly kind: "value"; readonly value: unknown; readonly duplicates: readonly DuplicateField[] }
  | { readonly kind: "empty" }
  | { readonly kind: "bad"; readonly problem: "syntax" | "too-deep"; readonly reason: string; readonly offset: number };

/** Collections may be nested this deep, in text and in value. */
export const maxDepth = 100;

/** Loads one document. A key that appears twice keeps its last value, as it always did, and is listed. */
export function loadDocument(text: string): Loaded {
  const strict = attempt(text, false);
  if (strict.kind !== "bad" || !strict.reason.includes("duplicated mapping key")) return strict;
  const lenient = attempt(text, true);
  return lenient.kind === "value" ? { ...lenient, duplicates: duplicateFields(text) } : lenient;
}

function attempt(text: string, lastKeyWins: boolean): Loaded {
  try {
    const values = loadAll(text, { schema: yamlDialect, maxDepth, json: lastKeyWins });
    if (values.length > 1) return { kind: "bad", problem: "syntax", reason: "more than one value", offset: 0 };
    const value = values[0];
    return value === undefined || value === null ? { kind: "empty" } : { kind: "value", value, duplicates: [] };
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): Loaded {
  if (!(error instanceof YAMLException)) {
    return {
      kind: "bad",
      problem: "syntax",
      reason: error instanceof Error ? error.message : String(error),
      offset: 0,
    };
  }
  const problem = error.reason.startsWith("nesting exceeded") ? "too-deep" : "syntax";
  return { kind: "bad", problem, reason: withoutContent(error.reason), offset: error.mark?.position ?? 0 };
}
