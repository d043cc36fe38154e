/**
 * LINK of routes: declarations for the same requests meet here, share the traffic or conflict.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef, type Origin } from "#base/origin.ts";
import type { Derived } from "../graph/graph.ts";
import type { Route, RouteDecl } from "../ir/route.ts";
import { settleCore } from "./core-settings.ts";
import { settingsOf, sharePolicies } from "./policies.ts";
import { mirrored, takeShadows } from "./shadows.ts";
import { shareFields } from "./shared-fields.ts";
import { shareOut } from "./weights.ts";

const coreWords = { code: "mapping/core-setting", of: "requests", first: "by name" } as const;

/** Turns rivals (all declarations with one match, in their order) into the routes that serve them. */
export function linkRoutes(rivals: readonly RouteDecl[]): Derived<Route> {
  const { serving, mirror, diagnostics: shadows } = takeShadows(rivals);
  const { kept: possible, diagnostics: conflicts } = settleConflicts(serving);
  const { agreed, diagnostics: disagreements } = settleCore(possible, coreWords);
  const { shared, diagnostics: differences } = sharePolicies(agreed);
  const { shared: kept, diagnostics: overruled } = shareFields(shared);
  const diagnostics = [...shadows, ...conflicts, ...disagreements, ...differences, ...overruled];
  const only = kept[0];
  if (kept.length === 1 && only) {
    return {
      out: [[only.key, linkRoute(mirrored(only, mirror), 0)]],
      diagnostics: [...diagnostics, ...loneWeight(only)],
    };
  }
  const { shares, ignored, unclaimed } = shareOut(kept, (decl) => decl.weight);
  const tie = only?.order.tie ?? "";
  const out = shares.map(({ item, upTo }, i) => {
    // One place in the order for all of them: there, the shares decide who is tried first.
    const together = { ...item, order: { ...item.order, tie } };
    return [item.key, linkRoute(mirrored(together, mirror), i, upTo >= 100 ? undefined : upTo)] as const;
  });
  return {
    out,
    diagnostics: [...diagnostics, ...dottedNames(kept), ...ignored.map(overweight), ...fallThrough(kept, unclaimed)],
  };
}

function linkRoute(decl: RouteDecl, canary: number, fraction?: number): Route {
  const { key, origin, labels, hosts, hostsPath, match, order, action, headers, policies } = decl;
  return {
    key,
    origin,
    labels,
    hosts,
    hostsPath,
    match,
    order,
    canary,
    action,
    headers,
    ...(policies ? { policies: settingsOf(policies) } : {}),
    ...(fraction === undefined ? {} : { fraction }),
    ...(decl.everywhere ? { everywhere: true } : {}),
  };
}

/**
 * A redirect cannot share requests with anything: whoever came first decides what the match does. What is left of a
 * bad object takes nothing from those that are good.
 */
function settleConflicts(rivals: readonly RouteDecl[]): { kept: readonly RouteDecl[]; diagnostics: Diagnostic[] } {
  const first = rivals.find(({ action }) => action.kind !== "respond") ?? rivals[0];
  if (!first) return { kept: [], diagnostics: [] };
  const kept = rivals.filter(
    (decl) => decl === first || (first.action.kind === "forward" && decl.action.kind === "forward"),
  );
  const lost = rivals.filter((decl) => !kept.includes(decl));
  return { kept, diagnostics: lost.map((decl) => (isLeftover(decl) ? covered : conflict)(decl, first)) };
}

function isLeftover({ action }: RouteDecl): boolean {
  return action.kind === "respond";
}

function covered(decl: RouteDecl, first: RouteDecl): Diagnostic {
  return diagnose("mapping/covered", decl.origin, `${formatRef(first.origin.ref)} matches the same requests`, {
    traffic: `all of these requests go by ${formatRef(first.origin.ref)}`,
    related: [{ at: first.origin, message: "takes them" }],
  });
}

function conflict(decl: RouteDecl, first: RouteDecl): Diagnostic {
  return diagnose(
    "mapping/conflict",
    decl.origin,
    `matches the same requests as ${formatRef(first.origin.ref)}, and a redirect cannot share them with anything`,
    {
      traffic: `all of these requests go by ${formatRef(first.origin.ref)}`,
      hint: "give one of the two another match or a precedence, or delete it",
      related: [{ at: first.origin, message: "claimed these requests first" }],
    },
  );
}

/** The old system knew Mappings by what stands before the first dot of their names, and lost the second of two. */
function dottedNames(kept: readonly RouteDecl[]): readonly Diagnostic[] {
  const known = new Map<string, RouteDecl>();
  return kept.flatMap((decl) => {
    const { kind, namespace, name } = decl.origin.ref;
    const key = `${kind} ${namespace}/${name.split(".")[0]}`;
    const other = known.get(key);
    known.set(key, other ?? decl);
    // Several shares of one object are told apart by no name.
    if (!other || formatRef(other.origin.ref) === formatRef(decl.origin.ref)) return [];
    const message = `is told from ${formatRef(other.origin.ref)} by what stands behind the dot in their names; it was not`;
    const traffic = "it gets its share of the requests; the old system lost one of the two";
    return [diagnose("compat/dotted-names", decl.origin, message, { traffic })];
  });
}

function weightAt({ origin: { ref }, weightPath = ".spec.weight" }: RouteDecl): Origin {
  return { ref, path: weightPath };
}

function loneWeight(decl: RouteDecl): readonly Diagnostic[] {
  if (decl.weight === undefined || decl.weight >= 100) return [];
  return [
    diagnose("mapping/lone-weight", weightAt(decl), "has a weight, but nothing to share the requests with", {
      traffic: "it takes all requests that it matches",
    }),
  ];
}

function overweight(decl: RouteDecl): Diagnostic {
  return diagnose(
    "mapping/weights-over-100",
    weightAt(decl),
    `weight ${decl.weight} brings the sum of all weights for the same requests above 100`,
    {
      traffic: "its weight is ignored: it shares what the others leave",
      hint: "let the weights add up to 100 at most",
    },
  );
}

function fallThrough(kept: readonly RouteDecl[], unclaimed: number): readonly Diagnostic[] {
  const last = kept.at(-1);
  if (unclaimed === 0 || !last) return [];
  return [
    diagnose(
      "mapping/weights-under-100",
      weightAt(last),
      `all weights for these requests add up to ${100 - unclaimed}`,
      {
        traffic: `${unclaimed} % of the requests fall through to less specific routes, or get 404`,
        hint: "leave out the weight of the main version: it then takes the rest",
      },
    ),
  ];
}
