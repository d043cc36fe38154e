/** Virtual hosts and the route tables that hold them. */
import { shapeTable } from "../envoy/shape/table.ts";
import type { Graph, Reads } from "../graph/index.ts";
import type { VirtualHost } from "../ir/virtual-host.ts";
import * as link from "../link/index.ts";
import { declareDivisions } from "./divisions.ts";
import { declareLayouts } from "./layouts.ts";
import type { Listeners } from "./listeners.ts";
import type { Names } from "./names.ts";
import type { Inputs } from "./objects.ts";
import { emitPlannedHost } from "./planned-host.ts";
import { declarePieces } from "./route-pieces.ts";
import type { EmittedRoutes } from "./routes.ts";
import { declareScopes } from "./scopes.ts";
import { byKey, clientTable, clientTableName, isIrregular, keep, openTable, shapeOf } from "./wiring.ts";

/** Tables, their virtual hosts, and the tables' bytes. */
export type Tables = ReturnType<typeof declareTables>;

/** Declares tables. */
export function declareTables(
  g: Graph,
  inputs: Inputs,
  { sites }: Listeners,
  names: Names,
  { sets, emittedRoutes }: EmittedRoutes,
) {
  const { settings } = inputs;
  const { claimed, domains, setNames, globs } = names;
  const open = g.map("open tables", sites, openTable);
  const byClass = g.group("Hosts by client rule", claimed, clientTableName, byKey);
  const tables = g.union("tables", open, g.map("client tables", byClass, clientTable));
  const lookup = {
    sets: setNames,
    irregular: g.index("irregular globs", globs, (glob) => (isIrregular(glob) ? [""] : [])),
    suffixes: g.index("suffix globs", globs, (glob) => (glob.startsWith("*") ? [""] : [])),
    tables: g.index("tables by site", tables, (table) => [table.site]),
  };
  const plans = g.map("link.plan", domains, link.planVirtualHost(lookup));
  const alike = g.group("names by plan", plans, (planned) => [link.planKey(planned)], byKey);
  const virtualHosts = g.map("link.VirtualHost", alike, link.linkVirtualHost);
  const withPorts = g.count("tables with ports", virtualHosts, tableWithPorts);
  const shape = shapeOf(inputs);
  const divisions = declareDivisions(g, { shape, sets, emittedRoutes });
  const layouts = declareLayouts(g, { shape, virtualHosts, withPorts, emittedRoutes, ...divisions });
  const pieces = declarePieces(g, { virtualHosts, layouts, emittedRoutes });
  const planned = { routesOf: pieces.whole, settings, withPorts };
  const inTables = (reads: Reads) => shape(reads) === "table";
  const emitHost = emitPlannedHost(planned);
  const emittedHosts = g.map("emit.VirtualHost", virtualHosts, (host, reads) =>
    inTables(reads) ? emitHost(host, reads) : { out: [] },
  );
  const byTable = g.group("virtual hosts by table", emittedHosts, (host) => [host.table], byKey);
  const encodedTables = g.map("emit.RouteConfiguration", tables, ({ name }, reads) =>
    keep(
      name,
      inTables(reads) ? shapeTable(name, reads.get(byTable, name) ?? [], reads.has(withPorts, name)) : undefined,
    ),
  );
  const scopes = declareScopes(g, { shape, tables, layouts, planned, pieces });
  return { tables, virtualHosts, planned, encodedTables, scopes };
}

function tableWithPorts({ table, domains }: VirtualHost): readonly string[] {
  return domains.some((name) => /:\d+$/.test(name)) ? [table] : [];
}
