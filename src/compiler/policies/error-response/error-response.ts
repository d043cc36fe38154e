/**
 * error-response: error answers, of services and of Envoy itself, with other bodies; all their other headers stay.
 * It takes two filters, which stand beside each other: one writes what is known of a request into headers of the
 * answer, where the other, a script, finds it (docs/design/error-response.md).
 */
import { ExtensionWithMatcherSchema } from "#gen/envoy/extensions/common/matching/v3/extension_matcher_pb.js";
import type { Policy } from "../policy.ts";
import { emitRouteRules, emitRouteValues, emitScript, emitValues } from "./emit.ts";
import { lowerErrorResponse, lowerRouteErrorResponse, neededOperators, type Override } from "./lower.ts";

type Overrides = readonly Override[];
type Operators = readonly string[];

/** The script. A Mapping's overrides take the place of the Module's, and none at all are a bypass. */
export const errorResponse: Policy<Overrides, Overrides> = {
  name: "error-response",
  filter: "dragoman.error_response",
  type: ExtensionWithMatcherSchema.typeName,
  keys: ["error_response_overrides"],
  without: "error answers are left as they are",
  lower: lowerErrorResponse,
  emit: emitScript,
  route: { reach: "route", slot: [], lower: lowerRouteErrorResponse, emit: emitRouteRules },
};

/** The values that the script needs. */
export const errorResponseValues: Policy<Operators, Operators> = {
  name: "error-response-values",
  filter: "dragoman.error_response_values",
  type: ExtensionWithMatcherSchema.typeName,
  keys: ["error_response_overrides"],
  without: "error answers are left as they are",
  lower: (config, at) => neededOperators(lowerErrorResponse(config, at)),
  emit: emitValues,
  route: {
    reach: "route",
    slot: [],
    lower: (spec, at) => neededOperators(lowerRouteErrorResponse(spec, at)),
    emit: emitRouteValues,
  },
};
