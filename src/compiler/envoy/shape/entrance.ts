/**
 * SHAPE: where a connection manager looks for routes: in one table, by its name, or in scopes. With scopes it also has
 * the filters that find them, and filters of their own for upgrades, which judge by the route that was found in the end.
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import { LuaSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type {
  HttpConnectionManagerSchema,
  HttpFilterSchema,
  ScopedRoutesSchema,
} from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { HeaderMutationSchema } from "#gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js";
import { upgradeMarks } from "../../ir/marks.ts";
import { type Init, pack } from "../bytes.ts";
import { ads } from "../config-source.ts";
import { portSeparator, scopeHeader, scopesOf } from "./scope-name.ts";
import { scopeFilter } from "./scoped.ts";
import { findScope, guardUpgrade } from "./script.ts";

type ManagerFields = Init<typeof HttpConnectionManagerSchema>;
type Filter = Init<typeof HttpFilterSchema>;

/** How the route tables of listeners are laid out, as far as their connection managers know. */
export type Entrance =
  | { readonly shape: "table" }
  /** `upgrades`: every type that some route allows. */
  | { readonly shape: "scoped"; readonly upgrades: readonly string[] };

const overwrite = 2;

/** The fields of a connection manager that decide where routes are found; `filters` are those of any request. */
export function emitEntrance(table: string, entrance: Entrance, filters: readonly Filter[]): ManagerFields {
  if (entrance.shape === "table") {
    const value = { configSource: ads, routeConfigName: table };
    return { routeSpecifier: { case: "rds", value }, httpFilters: [...filters] };
  }
  const finding = [scope, scope, ...filters];
  const upgrading = [scope, scope, guard, ...filters];
  return {
    routeSpecifier: { case: "scopedRoutes", value: scopedRoutes },
    earlyHeaderMutationExtensions: [{ name: scopeHeader, typedConfig: writeScope(table) }],
    httpFilters: finding,
    upgradeConfigs: entrance.upgrades.map((upgradeType) => ({ upgradeType, filters: upgrading })),
  };
}

const hostOfScope = {
  name: scopeHeader,
  elementSeparator: portSeparator,
  extractType: { case: "index", value: 0 },
} as const;

const scopedRoutes: Init<typeof ScopedRoutesSchema> = {
  name: "scopes",
  scopeKeyBuilder: { fragments: [{ type: { case: "headerValueExtractor", value: hostOfScope } }] },
  rdsConfigSource: ads,
  configSpecifier: { case: "scopedRds", value: { scopedRdsConfigSource: ads } },
};

/** Before anything is looked up; whatever the client sent under this name is gone. */
function writeScope(table: string): Any {
  const value = `${scopesOf(table).replaceAll("%", "%%")}%REQ(:authority)%`;
  const append = { header: { key: scopeHeader, value }, appendAction: overwrite } as const;
  return pack(HeaderMutationSchema, { mutations: [{ action: { case: "append", value: append } }] });
}

const scope = script(scopeFilter, findScope);
const guard = script(upgradeMarks, guardUpgrade);

function script(name: string, text: string): Filter {
  const value = pack(LuaSchema, { defaultSourceCode: { specifier: { case: "inlineString", value: text } } });
  return { name, configType: { case: "typedConfig", value } };
}
