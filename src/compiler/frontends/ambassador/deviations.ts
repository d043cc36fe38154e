/** LOWER of notices: what of a Mapping means what it says, where the old system took it for something else. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { Mapping, MappingSpec } from "../../api/index.ts";
import type { RouteMatch } from "../../ir/match.ts";

/** The notices about one Mapping that need no other object. */
export function mappingDeviations({ spec, version }: Mapping, match: RouteMatch, origin: Origin): Diagnostic[] {
  const at = child(origin, "spec");
  return [
    ...(spec.use_websocket === false ? websocketOff(spec, at) : []),
    ...(spec.host_redirect && !spec.shadow ? redirectConditions(spec, at) : []),
    ...(match.proto === "http" ? plainHttpOnly(spec, at) : []),
    ...(spec.outlier_detection === undefined ? [] : [servedAllTheSame(at)]),
    ...(version === "v3alpha1" && spec.labels ? labelKeys(spec.labels, at) : []),
  ];
}

function websocketOff({ allow_upgrade: upgrades = [] }: MappingSpec, at: Origin): Diagnostic[] {
  if (upgrades.some((name) => name.toLowerCase() === "websocket")) return [];
  const message = "use_websocket: false switches it off; the old system switched it on";
  const traffic = "requests to upgrade to WebSocket are answered with 403";
  return [diagnose("compat/false-is-off", child(at, "use_websocket"), message, { traffic })];
}

const passedOver = {
  query_parameters: "only requests with these parameters are redirected",
  regex_query_parameters: "only requests with these parameters are redirected",
  add_response_headers: "redirects have these headers",
  remove_response_headers: "redirects do not have these headers",
} as const;

function redirectConditions(spec: MappingSpec, at: Origin): Diagnostic[] {
  const fields = Object.keys(passedOver) as (keyof typeof passedOver)[];
  return fields.flatMap((field) => {
    if (Object.keys(spec[field] ?? {}).length === 0) return [];
    const message = `${field} of a redirect counts; the old system passed over it`;
    return [diagnose("compat/redirect-conditions", child(at, field), message, { traffic: passedOver[field] })];
  });
}

function plainHttpOnly({ headers = {} }: MappingSpec, at: Origin): Diagnostic[] {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === "x-forwarded-proto") ?? "x-forwarded-proto";
  const message = "only requests that came as http match; the old system let those that came as https in, too";
  const traffic = "requests that came as https go by other Mappings, or get 404";
  return [diagnose("compat/forwarded-proto", child(at, "headers", name), message, { traffic })];
}

function servedAllTheSame(at: Origin): Diagnostic {
  const message = "the Mapping is served, without outlier detection; the old system dropped it for this field";
  const traffic = "requests that match go to the service";
  return diagnose("compat/outlier-detection", child(at, "outlier_detection"), message, { traffic });
}

/** As v2, in which clusters of 2.x and 3.x store everything, the key has no place. */
function labelKeys(labels: NonNullable<MappingSpec["labels"]>, at: Origin): Diagnostic[] {
  return Object.entries(labels).flatMap(([domain, groups]) =>
    groups.flatMap((group, index) =>
      Object.entries(group).flatMap(([name, specifiers]) =>
        specifiers.flatMap(({ generic_key: generic }, position) => {
          if (!generic || generic.key === "generic_key") return [];
          const where = child(at, "labels", domain, index, name, position, "generic_key", "key");
          const message = `the key ${JSON.stringify(generic.key)} counts; stored as v2, it was lost`;
          const traffic = "the rate-limit service sees it in place of generic_key";
          return [diagnose("compat/label-key", where, message, { traffic })];
        }),
      ),
    ),
  );
}
