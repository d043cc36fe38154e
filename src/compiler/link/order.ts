/**
 * LINK: the order in which routes are tried, and the order among objects that claim the same thing.
 * Never by arrival, so that the same objects give the same bytes however they came.
 */
import type { Route, RouteOrder } from "../ir/route.ts";

/** Ages and names decide between objects: the older wins, then namespace, then name (both in `key`). */
export function byAge(
  a: { readonly created: string; readonly key: string },
  b: { readonly created: string; readonly key: string },
): number {
  return compareText(a.created || "~", b.created || "~") || compareText(a.key, b.key);
}

/** Plain comparison of texts by code unit. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order in which objects for the same requests take their turn: by name, then namespace. */
export function byTurn(a: { readonly order: RouteOrder }, b: { readonly order: RouteOrder }): number {
  return compareText(a.order.tie, b.order.tie);
}

type RoutePlace = Pick<Route, "order" | "canary">;

/** Which route is tried first. Canaries of one match stay together, in the order of their shares. */
export function compareRoutes(a: RoutePlace, b: RoutePlace): number {
  return compareOrder(a.order, b.order) || a.canary - b.canary;
}

/** Larger first in every field; what is left goes to the later name. */
export function compareOrder(a: RouteOrder, b: RouteOrder): number {
  return (
    b.precedence - a.precedence ||
    b.pathLength - a.pathLength ||
    b.headerLength - a.headerLength ||
    b.queryLength - a.queryLength ||
    compareText(b.path, a.path) ||
    compareText(b.headers, a.headers) ||
    compareText(b.query, a.query) ||
    compareText(b.tie, a.tie)
  );
}

/** Merges lists that are each in the order of matching. */
export function mergeRoutes<T>(lists: readonly (readonly T[])[], routeOf: (item: T) => Route): readonly T[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  return filled.reduce((left, right) => mergeTwo(left, right, routeOf));
}

function mergeTwo<T>(left: readonly T[], right: readonly T[], routeOf: (item: T) => Route): T[] {
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  for (let a = left[i], b = right[j]; a !== undefined && b !== undefined; a = left[i], b = right[j]) {
    const first = compareRoutes(routeOf(a), routeOf(b)) <= 0;
    merged.push(first ? a : b);
    if (first) i++;
    else j++;
  }
  for (; i < left.length; i++) merged.push(left[i] as T);
  for (; j < right.length; j++) merged.push(right[j] as T);
  return merged;
}
