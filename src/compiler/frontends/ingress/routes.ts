/**
 * LOWER of an Ingress's rules and default backend. What it matches stays matched: a path whose Service cannot be had
 * answers 503 and lets nothing fall through to a broader route.
 */
import { type Checked, ok } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { Ingress } from "../../api/index.ts";
import type { Derived, Reads } from "../../graph/graph.ts";
import type { HeaderEdits } from "../../ir/headers.ts";
import type { PolicyUse, RetryPolicy, RouteAction, RouteDecl } from "../../ir/route.ts";
import { type BackendLookup, lowerBackend } from "../ingress-backend.ts";
import { ingressLabel } from "../ingress-label.ts";
import { type Wanted, wantedPaths } from "./wanted.ts";

/** What all routes of the instance have. */
export interface RouteDefaults {
  readonly timeoutMs: number;
  readonly headers: HeaderEdits;
  readonly retry?: RetryPolicy;
}

/** What Ingresses are lowered against. */
export interface IngressLookup extends BackendLookup {
  defaults(reads: Reads): RouteDefaults;
  /** What the instance asks of policies for every route. */
  policies(reads: Reads): Readonly<Record<string, PolicyUse>> | undefined;
}

/** Lowers the rules and the default backend of an Ingress. */
export function lowerIngress(
  lookup: IngressLookup,
): (ingress: Ingress, reads: Reads, key: string) => Derived<RouteDecl> {
  return (ingress, reads, key) => {
    const { wanted, isLegacy, diagnostics } = wantedPaths(ingress);
    const routes = wanted.map((one) => lowerRoute(lookup, { key, ingress, isLegacy }, one, reads));
    return {
      out: routes.flatMap(({ value }) => (value ? [[value.key, value] as const] : [])),
      diagnostics: [...diagnostics, ...routes.flatMap((route) => route.diagnostics)],
    };
  };
}

interface Asking {
  readonly key: string;
  readonly ingress: Ingress;
  readonly isLegacy: boolean;
}

function lowerRoute(
  lookup: IngressLookup,
  { key, ingress: { created = "", labels }, isLegacy }: Asking,
  { name, backend, ...matched }: Wanted,
  reads: Reads,
): Checked<RouteDecl> {
  const { timeoutMs, headers, retry } = lookup.defaults(reads);
  const policies = lookup.policies(reads);
  const at = name === "default" ? matched.origin : child(matched.origin, "backend");
  const { value: upstream, hashOn, diagnostics } = lowerBackend(lookup, backend, at, reads);
  const action: RouteAction = upstream
    ? {
        kind: "forward",
        cluster: upstream.name,
        ...(isLegacy ? { rewrite: { kind: "prefix", to: "/" } } : {}),
        timeoutMs,
        upgrades: [],
        ...(hashOn ? { hashOn } : {}),
        ...(retry ? { retry } : {}),
      }
    : { kind: "respond", status: 503 };
  const decl: RouteDecl = {
    key: `${key} ${name}`,
    created,
    labels: { ...labels, ...ingressLabel },
    ...matched,
    action,
    ...(upstream ? { upstream } : {}),
    headers,
    ...(policies ? { policies } : {}),
  };
  return ok(decl, diagnostics);
}
