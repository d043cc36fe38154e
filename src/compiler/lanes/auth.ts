/** AuthServices: the one that is asked, and its upstream. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef, type Origin } from "#base/origin.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph, Reads } from "../graph/index.ts";
import type { Objects } from "./objects.ts";
import { byOrigin, keep } from "./wiring.ts";

/** What AuthServices ask for. */
export type Auth = ReturnType<typeof declareAuth>;

/** Declares AuthServices. Those that were not admitted count, too: they close the way instead of opening it. */
export function declareAuth(g: Graph, { all, authServices }: Objects, lookup: ambassador.MappingLookup) {
  const admitted = all("AuthService");
  const lower = ambassador.lowerAuthService(lookup);
  const decls = g.map("lower.AuthService", authServices, (origin, reads: Reads, key) =>
    lower(origin, reads.get(admitted, key)?.resource, reads, key),
  );
  const together = g.group(
    "AuthServices",
    decls,
    () => [""],
    (a, b) => byOrigin(a, b),
  );
  const chosen = g.map("the AuthService", together, ([one, ...others]) => ({
    ...keep("", one),
    diagnostics: one ? others.map(({ origin }) => notAsked(origin, one.origin)) : [],
  }));
  return {
    asked: g.map("asked of auth", chosen, ({ settings, origin, upstream }) =>
      keep("", { value: settings, origin, ...(upstream ? { clusters: [upstream.name] } : {}) }),
    ),
    upstreams: g.map("clusters of AuthServices", chosen, ({ upstream }) => keep("AuthService", upstream)),
  };
}

function notAsked(at: Origin, first: Origin): Diagnostic {
  return diagnose("auth-service/second", at, `only ${formatRef(first.ref)} is asked, the first by its name`, {
    traffic: "this one is not asked",
    hint: "delete one of them",
    related: [{ at: first, message: "is asked" }],
  });
}
