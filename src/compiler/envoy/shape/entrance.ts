/**
 * SHAPE: where a connection manager looks for routes: in one table, by its name, or in scopes. With scopes it also has
 * the filters that find them, and filters of their own for upgrades, which judge by the route that was found in the end.
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import { ExtensionWithMatcherSchema } from "#gen/envoy/extensions/common/matching/v3/extension_matcher_pb.js";
import { SkipFilterSchema } from "#gen/envoy/extensions/filters/common/matcher/action/v3/skip_action_pb.js";
import { LuaSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type {
  HttpConnectionManagerSchema,
  HttpFilterSchema,
  ScopedRoutesSchema,
} from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { HeaderMutationSchema } from "#gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js";
import { HttpRequestHeaderMatchInputSchema } from "#gen/envoy/type/matcher/v3/http_inputs_pb.js";
import { upgradeMarks } from "../../ir/marks.ts";
import { type Init, pack } from "../bytes.ts";
import { ads } from "../config-source.ts";
import { portSeparator, scopeHeader, scopesOf } from "./scope-name.ts";
import { scopeFilter } from "./scoped.ts";
import { findScope, followLead, guardUpgrade, unfollowed } from "./script.ts";

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
  return {
    routeSpecifier: { case: "scopedRoutes", value: scopedRoutes },
    earlyHeaderMutationExtensions: [{ name: scopeHeader, typedConfig: writeScope(table) }],
    httpFilters: [scope, lead, ...filters],
    upgradeConfigs: entrance.upgrades.map((upgradeType) => ({ upgradeType, filters: [scope, guard, ...filters] })),
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

const scope = filter(scopeFilter, script(findScope));
const guard = filter(upgradeMarks, script(guardUpgrade));
/** Tables switch it on and off together with the one before it. It is run for hardly any request. */
const lead = filter(scopeFilter, whereUnfollowed(script(followLead)));

function whereUnfollowed(typedConfig: Any): Any {
  const input = {
    name: scopeHeader,
    typedConfig: pack(HttpRequestHeaderMatchInputSchema, { headerName: scopeHeader }),
  };
  const matcher = { case: "valueMatch", value: { matchPattern: { case: "suffix", value: unfollowed } } } as const;
  const single = { matchType: { case: "singlePredicate", value: { input, matcher } } } as const;
  const skip = { name: "skip", typedConfig: pack(SkipFilterSchema, {}) };
  const elsewhere = {
    predicate: { matchType: { case: "notMatcher", value: single } },
    onMatch: { onMatch: { case: "action", value: skip } },
  } as const;
  return pack(ExtensionWithMatcherSchema, {
    extensionConfig: { name: scopeFilter, typedConfig },
    xdsMatcher: { matcherType: { case: "matcherList", value: { matchers: [elsewhere] } } },
  });
}

function script(text: string): Any {
  return pack(LuaSchema, { defaultSourceCode: { specifier: { case: "inlineString", value: text } } });
}

function filter(name: string, value: Any): Filter {
  return { name, configType: { case: "typedConfig", value } };
}
