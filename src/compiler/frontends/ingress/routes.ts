/**
 * LOWER of an Ingress's rules and default backend. What it matches stays matched: a path whose Service cannot be had
 * answers 503 and lets nothing fall through to a broader route.
 */
import { type Checked, ok } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { Ingress } from "../../api/index.ts";
import type { Derived, Reads } from "../../graph/graph.ts";
import type { HeaderEdits, RouteAction, RouteDecl } from "../../ir/route.ts";
import { type BackendLookup, lowerBackend } from "./backend.ts";
import { ingressLabel } from "./label.ts";
import { type Wanted, wantedPaths } from "./wanted.ts";

/** What all routes of the instance have. */
export interface RouteDefaults {
  readonly timeoutMs: number;
  readonly headers: HeaderEdits;
}

/** What Ingresses are lowered against. */
export interface IngressLookup extends BackendLookup {
  defaults(reads: Reads): RouteDefaults;
}

/** Lowers the rules and the default backend of an Ingress. */
export function lowerIngress(
  lookup: IngressLookup,
): (ingress: Ingress, reads: Reads, key: string) => Derived<RouteDecl> {
  return (ingress, reads, key) => {
    const { wanted, isLegacy, diagnostics } = wantedPaths(ingress);
    const routes = wanted.map((one) => lowerRoute(lookup, ingress, one, isLegacy, `${key} ${one.name}`, reads));
    return {
      out: routes.flatMap(({ value }) => (value ? [[value.key, value] as const] : [])),
      diagnostics: [...diagnostics, ...routes.flatMap((route) => route.diagnostics)],
    };
  };
}

function lowerRoute(
  lookup: IngressLookup,
  { created = "", labels }: Ingress,
  { name, backend, ...matched }: Wanted,
  isLegacy: boolean,
  key: string,
  reads: Reads,
): Checked<RouteDecl> {
  const { timeoutMs, headers } = lookup.defaults(reads);
  const at = name === "default" ? matched.origin : child(matched.origin, "backend");
  const { value: upstream, diagnostics } = lowerBackend(lookup, backend, at, reads);
  const action: RouteAction = upstream
    ? {
        kind: "forward",
        cluster: upstream.name,
        ...(isLegacy ? { rewrite: { kind: "prefix", to: "/" } } : {}),
        timeoutMs,
        upgrades: [],
      }
    : { kind: "respond", status: 503 };
  const decl: RouteDecl = {
    key,
    created,
    labels: { ...labels, ...ingressLabel },
    ...matched,
    action,
    ...(upstream ? { upstream } : {}),
    headers,
  };
  return ok(decl, diagnostics);
}
