/** How many routes there are, and whether somebody is told that they would be laid out otherwise by now. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Graph } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import type { Listeners } from "./listeners.ts";
import type { Inputs } from "./objects.ts";
import type { Routes } from "./routes.ts";
import { byKey, keep, single } from "./wiring.ts";

/** Twice as many as those from which a run chooses scopes, so that nobody is told of a few more. */
const farTooMany = 2_000;

/** Declares it. */
export function declareRouteCount(
  g: Graph,
  { settings, routeTables }: Inputs,
  { sets }: Routes,
  { listeners }: Listeners,
): void {
  const sizes = g.map("report.setSize", sets, (routes, _, set) => keep(set, routes.length));
  const all = g.group("set sizes", sizes, () => [""], byKey);
  const many = g.map("report.manyRoutes", all, (own) =>
    single(own.reduce((sum, size) => sum + size, 0) >= farTooMany ? true : undefined),
  );
  g.map("report.routeTables", listeners, (listener, reads) => {
    const chosen = reads.get(settings, "")?.routeTables === undefined && reads.get(routeTables, "") === "table";
    const told = chosen && listener.http !== undefined && reads.has(many, "");
    return { out: [], diagnostics: told ? [tooMany(listener)] : [] };
  });
}

function tooMany({ origin }: ListenerDecl): Diagnostic {
  const message = `there are more than ${farTooMany} routes by now, and their tables were laid out for few`;
  return diagnose("listener/route-tables", origin, message, {
    traffic: "requests are answered as before, but every edit takes effect later the more routes there are",
    hint: "restart the instance, which ends its connections, or set DRAGOMAN_ROUTE_TABLES=scoped before",
  });
}
