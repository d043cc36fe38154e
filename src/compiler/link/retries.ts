/** LINK of retry policies: routes for the same requests share one, and the last that asks for one decides. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { child, formatRef } from "#base/origin.ts";
import type { RetryPolicy, RouteDecl } from "../ir/route.ts";

/** What holds for all of them, if any of them asks for something itself. */
export function sharedRetry(rivals: readonly RouteDecl[]): RetryPolicy | undefined {
  return rivals.findLast((decl) => decl.ownRetry)?.ownRetry;
}

/** Tells those that ask for something else. */
export function differentRetries(rivals: readonly RouteDecl[]): readonly Diagnostic[] {
  const last = rivals.findLast((decl) => decl.ownRetry);
  if (!last) return [];
  const name = formatRef(last.origin.ref);
  return rivals.flatMap((decl) => {
    if (!decl.ownRetry || equal(decl.ownRetry, last.ownRetry)) return [];
    const at = child(decl.origin, "spec", "retry_policy");
    const message = `asks for another retry_policy than ${name} does for the same requests`;
    const traffic = `what ${name} asks for holds for all of these requests`;
    const hint = "give both the same retry_policy, or let only one of them have it";
    const related = [{ at: last.origin, message: "its word counts" }];
    return [diagnose("mapping/retries-differ", at, message, { traffic, hint, related })];
  });
}
