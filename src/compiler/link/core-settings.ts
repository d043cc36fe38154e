/**
 * LINK of core settings: Mappings that share requests must agree on how their upstream is spoken to and who is asked about them. The first by name
 * decides; one that asks for something else gets no requests, as ever, and one that asks for nothing is fine.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { child, formatRef } from "#base/origin.ts";
import type { RouteDecl } from "../ir/route.ts";

/** Those that agree with the first of them, and what is told to the others. */
export function settleCore(rivals: readonly RouteDecl[]): {
  readonly agreed: readonly RouteDecl[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const first = rivals[0];
  if (!first || rivals.length === 1) return { agreed: rivals, diagnostics: [] };
  const agreed: RouteDecl[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const decl of rivals) {
    const field = decl === first ? undefined : difference(decl, first);
    if (field === undefined) agreed.push(decl);
    else diagnostics.push(disagreement(decl, first, field));
  }
  return { agreed, diagnostics };
}

function difference({ core = {} }: RouteDecl, first: RouteDecl): string | undefined {
  return Object.keys(core).find((field) => !equal(core[field], first.core?.[field]));
}

function disagreement(decl: RouteDecl, first: RouteDecl, field: string): Diagnostic {
  const name = formatRef(first.origin.ref);
  const message = `${field} is not that of ${name}, which is for the same requests and comes first by name`;
  return diagnose("mapping/core-setting", child(decl.origin, "spec", field), message, {
    traffic: "it gets none of these requests; the others share them",
    hint: `give both the same ${field}, or leave it out here`,
    related: [{ at: first.origin, message: "decides, as the first by name" }],
  });
}
