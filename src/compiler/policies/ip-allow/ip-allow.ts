/** ip-allow: only clients with certain addresses, or all but those, may send requests; others get 403. */
import { RBACPerRouteSchema, RBACSchema } from "#gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { Policy } from "../policy.ts";
import { emitIpAllow } from "./emit.ts";
import { type AddressRules, lowerIpAllow } from "./lower.ts";
import { whyIpAllow } from "./why.ts";

/** A route that everybody may use. No Mapping can ask for it. */
export interface FromAnywhere {
  readonly kind: "bypass";
}

/** The policy of the Module's `ip_allow` and `ip_deny`. */
export const ipAllow: Policy<AddressRules, FromAnywhere> = {
  name: "ip-allow",
  filter: "envoy.filters.http.rbac",
  type: RBACSchema.typeName,
  keys: ["ip_allow", "ip_deny"],
  without: "requests from all addresses are served",
  lower: lowerIpAllow,
  emit: emitIpAllow,
  why: (rules, request, route) => (route ? undefined : whyIpAllow(rules, request)),
  route: { reach: "route", lower: () => ({ diagnostics: [] }), emit: () => pack(RBACPerRouteSchema, {}) },
};
