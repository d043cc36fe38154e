/**
 * LOWER of AuthServices. One that cannot be used is not the same as none: nobody is let through in its place, whatever
 * is wrong with it.
 */
import { type Diagnostic, diagnose, hasError } from "#base/diagnostic.ts";
import { formatRef, type Origin } from "#base/origin.ts";
import { type AuthService, parseService } from "../../api/index.ts";
import type { Derived, Reads } from "../../graph/graph.ts";
import type { ClusterDecl } from "../../ir/cluster.ts";
import { closed, type Judge, lowerAuth } from "../../policies/auth/lower.ts";
import { lowerUpstream } from "./cluster.ts";
import { type MappingLookup, noDefaults } from "./mapping.ts";

/** What one AuthService asks for. */
export interface AuthDecl {
  readonly origin: Origin;
  readonly judge: Judge;
  readonly upstream?: ClusterDecl;
}

/** Lowers an AuthService, or what is known of one that was not admitted: that it is there. */
export function lowerAuthService(
  lookup: MappingLookup,
): (origin: Origin, service: AuthService | undefined, reads: Reads, key: string) => Derived<AuthDecl> {
  return (origin, service, reads, key) => {
    const { decl, diagnostics } = service ? lower(lookup, origin, service, reads) : { diagnostics: [] };
    if (decl) return { out: [[key, decl]], diagnostics };
    return { out: [[key, { origin, judge: { kind: "deny" } }]], diagnostics: [...diagnostics, unusable(origin)] };
  };
}

function lower(
  lookup: MappingLookup,
  origin: Origin,
  { spec }: AuthService,
  reads: Reads,
): { readonly decl?: AuthDecl; readonly diagnostics: readonly Diagnostic[] } {
  const address = parseService(spec.auth_service);
  if (typeof address === "string") return { diagnostics: [] };
  const defaults = reads.get(lookup.defaults, "") ?? noDefaults;
  const fields = { ...spec, service: spec.auth_service, serviceField: "auth_service", grpc: spec.proto === "grpc" };
  const upstream = lowerUpstream(fields, { lookup, defaults, origin, reads });
  if (!upstream.value) return { diagnostics: upstream.diagnostics };
  const isHttp = spec.proto !== "grpc";
  const linkerd = isHttp ? { add_linkerd_headers: spec.add_linkerd_headers ?? defaults.linkerdHeaders } : {};
  const { value, diagnostics } = lowerAuth({ ...spec, ...linkerd }, upstream.value, origin);
  const all = [...upstream.diagnostics, ...diagnostics];
  if (!value || hasError(diagnostics)) return { diagnostics: all };
  return { decl: { origin, judge: value, upstream: upstream.value }, diagnostics: all };
}

function unusable(origin: Origin): Diagnostic {
  const message = `${formatRef(origin.ref)} cannot be asked, and nobody is let through without it`;
  return diagnose("auth-service/closed", origin, message, {
    traffic: closed,
    hint: "correct it, or delete it to serve requests without authentication",
  });
}
