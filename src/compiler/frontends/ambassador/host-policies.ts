/** LOWER of a notice: without Listeners, as in 1.x, Hosts keep their own policies for insecure requests. */
import { diagnose } from "#base/diagnostic.ts";
import { child, formatRef } from "#base/origin.ts";
import type { Collection, Derived, Reads } from "../../graph/graph.ts";
import type { HostDecl } from "../../ir/host.ts";

/** What the notice depends on. */
export interface PolicyLookup {
  readonly anyListener: Collection<unknown>;
  /** The first Host of each insecure action. */
  readonly byAction: Collection<HostDecl>;
}

/** Tells of the first Host whose policy differs from another's. */
export function lowerHostPolicies({ anyListener, byAction }: PolicyLookup): (reads: Reads) => Derived<never> {
  return (reads) => {
    if (reads.has(anyListener, "")) return { out: [] };
    const found = (["redirect", "reject", "route"] as const).flatMap((action) => reads.get(byAction, action) ?? []);
    const [first, other] = found;
    if (!first || !other) return { out: [] };
    const at = child(other.origin, "spec", "requestPolicy", "insecure", "action");
    const message = `the action is not that of ${formatRef(first.origin.ref)}, and each Host keeps its own`;
    const related = [{ at: first.origin, message: "has another" }];
    const traffic = "insecure requests get what their Host says; in 1.x one Host said it for all";
    return { out: [], diagnostics: [diagnose("compat/host-policies", at, message, { traffic, related })] };
  };
}
