/** LINK of policies: what one of several routes for the same requests asks for and all of them get. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { formatRef } from "#base/origin.ts";
import type { PolicyUse, RouteDecl } from "../ir/route.ts";

interface Claim {
  readonly decl: RouteDecl;
  readonly use: PolicyUse;
}

/** The declarations with what any of them asks for all; the last one's word counts, as it always did. */
export function sharePolicies(rivals: readonly RouteDecl[]): {
  readonly shared: readonly RouteDecl[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const winners = new Map<string, Claim>();
  if (rivals.length > 1) for (const decl of rivals) for (const claim of claims(decl)) winners.set(...claim);
  if (winners.size === 0) return { shared: rivals, diagnostics: [] };
  const won = Object.fromEntries([...winners].map(([name, { use }]) => [name, use]));
  return {
    shared: rivals.map((decl) => ({ ...decl, policies: { ...decl.policies, ...won } })),
    diagnostics: rivals.flatMap((decl) => claims(decl).flatMap((claim) => overruled(claim, winners))),
  };
}

function claims(decl: RouteDecl): readonly (readonly [string, Claim])[] {
  return Object.entries(decl.policies ?? {}).flatMap(([name, use]) =>
    use.reach === "group" ? [[name, { decl, use }] as const] : [],
  );
}

function overruled(
  [name, { decl, use }]: readonly [string, Claim],
  winners: ReadonlyMap<string, Claim>,
): readonly Diagnostic[] {
  const winner = winners.get(name);
  if (!winner || equal(winner.use, use)) return [];
  const other = formatRef(winner.decl.origin.ref);
  return [
    diagnose(
      "mapping/shared-policy",
      decl.origin,
      `asks for another ${name} than ${other} does for the same requests`,
      {
        traffic: `what ${other} asks for holds for all of these requests`,
        hint: `give both the same ${name}, or let only one of them have it`,
        related: [{ at: winner.decl.origin, message: "its word counts" }],
      },
    ),
  ];
}

/** The settings alone. */
export function settingsOf(policies: Readonly<Record<string, PolicyUse>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(policies).map(([name, { settings }]) => [name, settings]));
}
