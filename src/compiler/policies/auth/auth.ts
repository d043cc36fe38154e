/** auth: an AuthService is asked about every request before it is served. */
import { ExtAuthzSchema } from "#gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import type { Policy } from "../policy.ts";
import { choiceType } from "./choice.ts";
import { emitAuth, emitRouteAuth } from "./emit.ts";
import type { AuthSettings } from "./lower.ts";
import { lowerRouteAuth, type RouteAuth, routeMark } from "./route.ts";
import { whyAuth } from "./why.ts";

/** The policy of AuthServices. It holds for every route; routes may only be taken out. */
export const auth: Policy<AuthSettings, RouteAuth> = {
  name: "auth",
  filter: "envoy.filters.http.ext_authz",
  type: ExtAuthzSchema.typeName,
  alsoTypes: [choiceType],
  keys: [],
  without: "all requests get 403, except those of Mappings with bypass_auth",
  closed: { kind: "deny" },
  lower: () => ({ diagnostics: [] }),
  emit: emitAuth,
  needs: "route",
  why: whyAuth,
  route: { reach: "route", lower: lowerRouteAuth, toHttps: { kind: "bypass" }, emit: emitRouteAuth, mark: routeMark },
};
