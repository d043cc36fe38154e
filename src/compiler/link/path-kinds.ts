/**
 * LINK of a notice: Mappings with one text as prefix, as exact path or as expression match different requests. The old
 * system took them for rivals that disagree, and refused all but the first.
 */
import { diagnose } from "#base/diagnostic.ts";
import { child, formatRef } from "#base/origin.ts";
import type { Derived, Index, Reads } from "../graph/graph.ts";
import type { RouteDecl } from "../ir/route.ts";

/** What the old system looked at: everything but how the path matches. */
export function oldMatch({ order: { precedence, path, headers, query } }: RouteDecl): string {
  return [precedence, path, headers, query].join("|");
}

/** Tells a Mapping for an exact path or an expression that another has the same text. */
export function reportPathKinds(byOldMatch: Index<RouteDecl>): (decl: RouteDecl, reads: Reads) => Derived<never> {
  return (decl, reads) => {
    const { ref } = decl.origin;
    const { kind } = decl.match.path;
    if (ref.kind !== "Mapping" || (kind !== "exact" && kind !== "regex")) return { out: [] };
    const other = reads.lookup(byOldMatch, oldMatch(decl)).find(({ match }) => match.path.kind !== kind);
    if (!other) return { out: [] };
    const message = `matches other requests than ${formatRef(other.origin.ref)}, which has the same prefix as a text`;
    const told = diagnose("compat/path-kinds", child(decl.origin, "spec", "prefix"), message, {
      traffic: "each takes what it matches; in the old system the first by name took everything",
      related: [{ at: other.origin, message: "has the same text" }],
    });
    return { out: [], diagnostics: [told] };
  };
}
