/** LINK of shadows: a Mapping that wants copies of the requests that others for the same match serve. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, formatRef } from "#base/origin.ts";
import type { Mirror, RouteDecl } from "../ir/route.ts";

/** Those that serve requests, and where copies of them go. */
export interface Unshadowed {
  readonly serving: readonly RouteDecl[];
  readonly mirror?: Mirror;
  readonly diagnostics: readonly Diagnostic[];
}

/** Takes the shadows out of declarations for the same requests. */
export function takeShadows(rivals: readonly RouteDecl[]): Unshadowed {
  if (!rivals.some((decl) => decl.shadow)) return { serving: rivals, diagnostics: [] };
  const serving = rivals.filter((decl) => !decl.shadow);
  // One that cannot be used has said so itself; there is nothing to answer 503 to.
  const [first, ...others] = rivals.filter((decl) => decl.shadow && decl.action.kind === "forward");
  if (first?.action.kind !== "forward") return { serving, diagnostics: [] };
  const second = others.map((decl) => secondShadow(decl, first));
  if (!serving.some((decl) => decl.action.kind === "forward")) {
    return { serving, diagnostics: [loneShadow(first), ...second] };
  }
  const { percent, diagnostics } = percentOf(first);
  return { serving, mirror: { cluster: first.action.cluster, percent }, diagnostics: [...diagnostics, ...second] };
}

/** A declaration whose requests are copied. */
export function mirrored(decl: RouteDecl, mirror: Mirror | undefined): RouteDecl {
  return mirror && decl.action.kind === "forward" ? { ...decl, action: { ...decl.action, mirror } } : decl;
}

function percentOf(decl: RouteDecl): { readonly percent: number; readonly diagnostics: readonly Diagnostic[] } {
  const { weight = 100 } = decl;
  if (weight >= 0 && weight <= 100) return { percent: weight, diagnostics: [] };
  const at = child(decl.origin, "spec", "weight");
  const message = `weight ${weight} is not a percentage`;
  const traffic = "it is sent a copy of every request";
  return { percent: 100, diagnostics: [diagnose("mapping/weights-over-100", at, message, { traffic })] };
}

function loneShadow(decl: RouteDecl): Diagnostic {
  const message = "there is no Mapping that serves the requests that it wants copies of";
  return diagnose("mapping/lone-shadow", child(decl.origin, "spec", "shadow"), message, {
    traffic: "it serves no requests itself, and gets no copies",
    hint: "a shadow and the Mapping that serves have the same host, prefix, method, headers, query and precedence",
  });
}

function secondShadow(decl: RouteDecl, first: RouteDecl): Diagnostic {
  const name = formatRef(first.origin.ref);
  return diagnose("mapping/second-shadow", child(decl.origin, "spec", "shadow"), `${name} is their shadow already`, {
    traffic: `copies go to the service of ${name} only`,
    hint: "delete one of the two",
    related: [{ at: first.origin, message: "it is the shadow" }],
  });
}
