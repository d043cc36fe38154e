/**
 * LINK of core settings: Mappings that share requests must agree on how their upstream is spoken to and who is asked about them. The first by name
 * decides; one that asks for something else gets no requests, as ever, and one that asks for nothing is fine.
 */
import { type Diagnostic, type DiagnosticCode, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { child, formatRef, type Origin } from "#base/origin.ts";

interface Rival {
  readonly origin: Origin;
  readonly core?: Readonly<Record<string, unknown>>;
}

/** How rivals are told that they disagree. */
export interface CoreWords {
  readonly code: DiagnosticCode;
  /** What they are rivals for. */
  readonly of: "requests" | "connections";
  /** How the first of them came to be that. */
  readonly first: string;
}

/** Those that agree with the first of them, and what is told to the others. */
export function settleCore<R extends Rival>(
  rivals: readonly R[],
  words: CoreWords,
): { readonly agreed: readonly R[]; readonly diagnostics: readonly Diagnostic[] } {
  const first = rivals[0];
  if (!first || rivals.length === 1) return { agreed: rivals, diagnostics: [] };
  const agreed: R[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const decl of rivals) {
    const field = decl === first ? undefined : difference(decl, first);
    if (field === undefined) agreed.push(decl);
    else diagnostics.push(disagreement(decl, first, field, words));
  }
  return { agreed, diagnostics };
}

function difference({ core = {} }: Rival, first: Rival): string | undefined {
  return Object.keys(core).find((field) => !equal(core[field], first.core?.[field]));
}

function disagreement(decl: Rival, first: Rival, field: string, words: CoreWords): Diagnostic {
  const name = formatRef(first.origin.ref);
  const message = `${field} is not that of ${name}, which is for the same ${words.of} and comes first ${words.first}`;
  return diagnose(words.code, child(decl.origin, "spec", field), message, {
    traffic: `it gets none of these ${words.of}; the others share them`,
    hint: `give both the same ${field}, or leave it out here`,
    related: [{ at: first.origin, message: `decides, as the first ${words.first}` }],
  });
}
