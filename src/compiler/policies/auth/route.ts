/** LOWER of what single Mappings say of authentication. */
import { type Checked, type Diagnostic, diagnose, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { MappingSpec } from "../../api/index.ts";
import type { RouteSurroundings } from "../policy.ts";

/** What differs on a route: no service is asked, or the one with this key is, or it is told more. */
export type RouteAuth =
  | { readonly kind: "bypass" }
  | { readonly kind: "ask"; readonly service?: string; readonly extensions?: Readonly<Record<string, string>> };

/** Redirects need nobody's leave, and carry nothing that is worth protecting; what is denied at once, likewise. */
export function lowerRouteAuth(spec: MappingSpec, at: Origin, { authService }: RouteSurroundings): Checked<RouteAuth> {
  const { bypass_auth: bypass, host_redirect: redirect, auth_context_extensions: extensions = {} } = spec;
  if (bypass || redirect) return ok({ kind: "bypass" }, unused(spec, at, bypass ? "bypass_auth" : "host_redirect"));
  if (authService?.kind === "missing") return ok({ kind: "bypass" }, [unknown(spec, at)]);
  const isContext = Object.keys(extensions).length > 0;
  if (!authService && !isContext) return { diagnostics: [] };
  return ok({
    kind: "ask",
    ...(authService ? { service: authService.key } : {}),
    ...(isContext ? { extensions } : {}),
  });
}

/** What a route's settings are, which only this policy knows. */
export function routeAuthOf(policies: Readonly<Record<string, unknown>> = {}): RouteAuth | undefined {
  return policies["auth"] as RouteAuth | undefined;
}

/** The word by which the filter knows whom to ask about the route's requests. */
export function routeMark(settings: RouteAuth): string | undefined {
  return settings.kind === "ask" ? settings.service : undefined;
}

function unused(spec: MappingSpec, at: Origin, because: string): readonly Diagnostic[] {
  const { auth_context_extensions: extensions = {}, auth_service: named } = spec;
  const traffic = "no AuthService is asked about these requests";
  const fields = [
    ...(Object.keys(extensions).length > 0 ? (["auth_context_extensions"] as const) : []),
    ...(named === undefined ? [] : (["auth_service"] as const)),
  ];
  return fields.map((field) => {
    const message = `${field} has no effect beside ${because}`;
    return diagnose("auth-service/unused-field", child(at, "spec", field), message, { traffic });
  });
}

function unknown({ auth_service: name }: MappingSpec, at: Origin): Diagnostic {
  const here = child(at, "spec", "auth_service");
  return diagnose("auth-service/unknown", here, `there is no AuthService "${name}"`, {
    traffic: "requests that match get 403",
    hint: "create it, or correct the name; without auth_service the first AuthService is asked",
  });
}
