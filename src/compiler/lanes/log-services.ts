/** LogServices: all of them are told, each through an upstream of its own. */
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import type { Objects } from "./objects.ts";
import { byOrigin, keep } from "./wiring.ts";

/** What LogServices ask for. */
export type LogServices = ReturnType<typeof declareLogServices>;

/** Declares LogServices. */
export function declareLogServices(g: Graph, { all }: Objects, lookup: ambassador.MappingLookup) {
  const decls = g.map("lower.LogService", all("LogService"), ({ resource }, reads, key) => {
    const { value, diagnostics } = ambassador.lowerLogService(lookup, resource, reads);
    return { ...keep(key, value), diagnostics };
  });
  return {
    receivers: g.group(
      "log receivers",
      g.map("log receiver", decls, ({ origin, receiver }, _, key) => keep(key, { origin, receiver })),
      () => [""],
      byOrigin,
    ),
    upstreams: g.map("clusters of LogServices", decls, ({ upstream }, _, key) => keep(`LogService ${key}`, upstream)),
  };
}
