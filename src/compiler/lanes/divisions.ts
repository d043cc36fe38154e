/**
 * How route sets are divided where that is asked for: as some of their routes say, so that an edit of one among very many
 * is mostly none of those, and costs nothing here.
 */
import { anyDivision, divide, isSampled, manyRoutes, roughSize } from "../envoy/shape/division.ts";
import type { Collection, Graph, Reads } from "../graph/index.ts";
import * as link from "../link/index.ts";
import type { RouteTables } from "../settings.ts";
import type { EmittedRoute } from "./planned-host.ts";
import { byKey, keep } from "./wiring.ts";

/** What divisions are derived from. */
export interface DivisionInputs {
  readonly shape: (reads: Reads) => RouteTables;
  /** How many routes there are, by set. */
  readonly sets: Collection<number>;
  readonly emittedRoutes: Collection<EmittedRoute>;
}

/** Declares the sizes of sets, as far as their layout depends on them, and the divisions of those that have one. */
export function declareDivisions(g: Graph, { shape, sets, emittedRoutes }: DivisionInputs) {
  const sizes = g.map("shape.size", sets, (size, _, set) => keep(set, roughSize(size)));
  const large = g.map("shape.large", sizes, (size, reads, set) => {
    const chosen = shape(reads);
    return keep(set, chosen === "pathed" || (chosen === "scoped" && size > manyRoutes / 2) ? size : undefined);
  });
  // Where there are none at all, that is all that is remembered of what each route has asked.
  const any = g.count("any large sets", large, () => [""]);
  const samples = g.map("shape.sample", emittedRoutes, ({ route }, reads, key) => {
    const set = link.routeSet(route.hosts);
    const size = reads.has(any, "") ? reads.get(large, set) : undefined;
    return keep(key, size !== undefined && isSampled(key, size) ? { set, path: route.match.path } : undefined);
  });
  const bySet = g.group("samples by set", samples, ({ set }) => [set], byKey);
  const divisions = g.map("shape.division", large, (size, reads, set) => {
    const paths = (reads.get(bySet, set) ?? []).map(({ path }) => path);
    return keep(set, divide(paths, size) ?? (shape(reads) === "pathed" ? anyDivision : undefined));
  });
  return { sizes, divisions };
}
