/** LOWER of what single Mappings say of authentication. */
import { type Checked, diagnose, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { MappingSpec } from "../../api/index.ts";

/** What differs on a route: the service is not asked, or is told more. */
export type RouteAuth =
  | { readonly kind: "bypass" }
  | { readonly kind: "context"; readonly extensions: Readonly<Record<string, string>> };

/** Redirects need nobody's leave, and carry nothing that is worth protecting. */
export function lowerRouteAuth(spec: MappingSpec, at: Origin): Checked<RouteAuth> {
  const { bypass_auth: bypass, host_redirect: redirect, auth_context_extensions: extensions = {} } = spec;
  const isContext = Object.keys(extensions).length > 0;
  if (!bypass && !redirect) return isContext ? ok({ kind: "context", extensions }) : { diagnostics: [] };
  const because = bypass ? "bypass_auth" : "host_redirect";
  const unused = diagnose(
    "auth-service/unused-context",
    child(at, "spec", "auth_context_extensions"),
    `auth_context_extensions has no effect beside ${because}`,
    { traffic: "the AuthService is not asked about these requests" },
  );
  return ok({ kind: "bypass" }, isContext ? [unused] : []);
}
