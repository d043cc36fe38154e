/** TracingServices: the one that is told, and its upstream. */
import { diagnose } from "#base/diagnostic.ts";
import { formatRef } from "#base/origin.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import type { Objects } from "./objects.ts";
import { byOwner, keep, single } from "./wiring.ts";

/** What TracingServices ask for. */
export type TracingServices = ReturnType<typeof declareTracing>;

/** Declares TracingServices. */
export function declareTracing(g: Graph, { all }: Objects, lookup: ambassador.MappingLookup) {
  const together = g.group("TracingServices", all("TracingService"), () => [""], byOwner);
  const chosen = g.map("the TracingService", together, ([one, ...others]) => ({
    ...single(one?.resource),
    diagnostics: others.map(({ resource: { ref } }) => {
      const message = `only ${one ? formatRef(one.resource.ref) : "another"} is told, the first by its name`;
      const detail = { traffic: "this one is not told", hint: "delete one of them" };
      return diagnose("tracing-service/second", { ref, path: "" }, message, detail);
    }),
  }));
  const lowered = g.map("lower.TracingService", chosen, (service, reads) => {
    const { value, diagnostics } = ambassador.lowerTracingService(lookup, service, reads);
    return { ...single(value), diagnostics };
  });
  return {
    tracing: g.map("tracing", lowered, ({ tracing }) => single(tracing)),
    upstreams: g.map("clusters of TracingServices", lowered, ({ upstream }) => keep("TracingService", upstream)),
  };
}
