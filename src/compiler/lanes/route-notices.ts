/** What there is to say about the layout of route tables: that another one would be better, or what it rules out. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { Graph } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import type { Listeners } from "./listeners.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs } from "./objects.ts";
import type { EmittedRoutes } from "./routes.ts";
import { shapeOf, single } from "./wiring.ts";

/** Twice as many as those from which a run chooses scopes, so that nobody is told of a few more. */
const farTooMany = 2_000;

/** Declares it. */
export function declareRouteNotices(
  g: Graph,
  inputs: Inputs,
  { settings: module }: ModuleValues,
  { emittedRoutes }: EmittedRoutes,
  { listeners }: Listeners,
): void {
  const { settings, routeTables } = inputs;
  const shape = shapeOf(inputs);
  g.map("report.routeChange", module, ({ config, at }, reads) => {
    const moves = shape(reads) !== "table" && /:path\b|:authority\b/.test(config.lua_scripts ?? "");
    return { out: [], diagnostics: moves ? [routeChange(child(at, "lua_scripts"))] : [] };
  });
  const all = g.count("all routes", emittedRoutes, () => [""]);
  const many = g.map("report.manyRoutes", all, (count) => single(count >= farTooMany ? true : undefined));
  g.map("report.routeTables", listeners, (listener, reads) => {
    const chosen = reads.get(settings, "")?.routeTables === undefined && reads.get(routeTables, "") === "table";
    const told = chosen && listener.http !== undefined && reads.has(many, "");
    return { out: [], diagnostics: told ? [tooMany(listener)] : [] };
  });
}

function routeChange(at: Origin): Diagnostic {
  return diagnose("lua/route-change", at, "lua_scripts looks at :path or :authority, and routes are found before it", {
    traffic: "requests whose path or host it changes may get 404 where another route is for what they are now",
    hint: "set DRAGOMAN_ROUTE_TABLES=table if it changes them",
  });
}

function tooMany({ origin }: ListenerDecl): Diagnostic {
  const message = `there are more than ${farTooMany} routes by now, and their tables were laid out for few`;
  return diagnose("listener/route-tables", origin, message, {
    traffic: "requests are answered as before, but every edit takes effect later the more routes there are",
    hint: "it changes once nobody is connected; a restart, which ends connections, does it at once",
  });
}
