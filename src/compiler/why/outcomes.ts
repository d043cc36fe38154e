/** Which of a virtual host's routes take a request, with which shares, and why the others do not. */
import { formatRef } from "#base/origin.ts";
import { routeVariants } from "../ir/exposure.ts";
import type { NamedMatch } from "../ir/match.ts";
import type { Route, RouteOrder } from "../ir/route.ts";
import type { Exposure } from "../ir/virtual-host.ts";
import type { Loser } from "./explanation.ts";
import { firstFailure } from "./match.ts";
import type { SeenRequest } from "./request.ts";

/** A route as a virtual host shows it. */
export interface Candidate {
  readonly route: Route;
  readonly exposure: Exposure;
  readonly authority?: NamedMatch;
}

/** A route that takes a share of the request's kind. */
export interface Taker {
  readonly route: Route;
  readonly percent: number;
  readonly toHttps: boolean;
}

/** Takers and losers, both in the order of matching; `left` percent of the requests find no route. */
export function divide(candidates: readonly Candidate[], request: SeenRequest) {
  const takers: Taker[] = [];
  const losers: Loser[] = [];
  // Canaries of one match compare one random number with rising bounds.
  let taken = 0;
  for (const candidate of candidates) {
    const { route, exposure, authority } = candidate;
    const failure = firstFailure(route.match, authority, request);
    const variants = routeVariants(route.match.proto, exposure);
    const variant = variants.find(({ proto }) => proto === undefined || proto === request.proto);
    const bound = route.fraction ?? 100;
    if (failure) {
      losers.push({ at: route.origin, because: failure.message, near: failure.what !== "path" });
    } else if (!variant) {
      losers.push({ at: route.origin, because: hiddenBecause(candidate, request), near: true });
    } else if (bound > taken) {
      takers.push({ route, percent: bound - taken, toHttps: variant.toHttps ?? false });
      taken = bound;
    } else {
      losers.push({ at: route.origin, because: lateBecause(takers[0]?.route, route), near: true });
    }
  }
  return { takers, losers, left: 100 - taken };
}

function hiddenBecause({ route, exposure }: Candidate, request: SeenRequest): string {
  const { proto } = route.match;
  if (proto !== undefined && proto !== request.proto && exposure === "direct") {
    return `the header x-forwarded-proto is "${request.proto}", not ${proto}`;
  }
  if (exposure === "hidden" || exposure === "secure-only") return "its Host rejects requests that are not secure";
  return `the header x-forwarded-proto is "${request.proto}", and it is for ${proto ?? "https"}`;
}

/** Why a route that matches as well comes later. */
function lateBecause(winner: Route | undefined, route: Route): string {
  if (!winner) return "no share of the requests is left for it";
  const name = formatRef(winner.origin.ref);
  const reason = orderReason(winner.order, route.order);
  return reason === undefined ? `${name} takes all requests that are left` : `${name} comes first: ${reason}`;
}

const inOrder: readonly (readonly [keyof RouteOrder, (a: string, b: string) => string])[] = [
  ["precedence", (a, b) => `its precedence is ${a}, not ${b}`],
  ["pathLength", (a, b) => `its prefix is longer (${a} characters, not ${b})`],
  ["headerLength", () => "its header conditions are longer"],
  ["queryLength", () => "its query conditions are longer"],
  ["path", () => "its prefix is later in the alphabet"],
  ["headers", () => "its header conditions are later in the alphabet"],
  ["query", () => "its query conditions are later in the alphabet"],
  ["tie", () => "its name is later in the alphabet"],
];

function orderReason(winner: RouteOrder, other: RouteOrder): string | undefined {
  const [field, say] = inOrder.find(([field]) => winner[field] !== other[field]) ?? [];
  return field && say?.(String(winner[field]), String(other[field]));
}
