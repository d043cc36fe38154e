import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Route, RouteOrder } from "../ir/route.ts";
import { byAge, compareOrder, compareRoutes, compareText, mergeRoutes } from "./order.ts";

const plain: RouteOrder = {
  precedence: 0,
  pathLength: 1,
  headerLength: 0,
  queryLength: 0,
  path: "/",
  headers: "",
  query: "",
  tie: "a.default",
};

test("what comes first, each of it before all that follows", () => {
  const steps: readonly (readonly [Partial<RouteOrder>, Partial<RouteOrder>])[] = [
    [{ precedence: 1 }, { pathLength: 100, headerLength: 9, queryLength: 9 }],
    [{ pathLength: 2 }, { headerLength: 9, queryLength: 9, path: "z" }],
    [{ headerLength: 1 }, { queryLength: 9, path: "z" }],
    [{ queryLength: 1 }, { path: "z" }],
    [{ path: "/b" }, { path: "/a", headers: "z" }],
    [{ headers: "b" }, { headers: "a", query: "z" }],
    [{ query: "b" }, { query: "a", tie: "z" }],
    [{ tie: "b.default" }, { tie: "a.default" }],
    [{}, { precedence: -1, pathLength: 100 }],
  ];
  for (const [first, second] of steps) {
    const [a, b] = [
      { ...plain, ...first },
      { ...plain, ...second },
    ];
    ok(compareOrder(a, b) < 0 && compareOrder(b, a) > 0, JSON.stringify([first, second]));
  }
  equal(compareOrder(plain, { ...plain }), 0);
});

test("older objects come first, then names; those without an age last", () => {
  const objects = [
    { created: "", key: "a" },
    { created: "2024-01-02T00:00:00Z", key: "b" },
    { created: "2024-01-01T00:00:00Z", key: "c" },
    { created: "2024-01-01T00:00:00Z", key: "b" },
  ];
  deepEqual(
    objects.sort(byAge).map(({ created, key }) => `${created.slice(8, 10)}${key}`),
    ["01b", "01c", "02b", "a"],
  );
  deepEqual([compareText("a", "b"), compareText("b", "a"), compareText("a", "a")], [-1, 1, 0]);
});

test("merged lists are in the order of all their routes", () => {
  const order = fc.record({
    precedence: fc.integer({ min: 0, max: 2 }),
    pathLength: fc.integer({ min: 1, max: 3 }),
    tie: fc.constantFrom("a", "b", "c"),
  });
  const route = fc.tuple(order, fc.nat(2)).map(([own, canary]) => ({ order: { ...plain, ...own }, canary }) as Route);
  fc.assert(
    fc.property(fc.array(fc.array(route, { maxLength: 6 }), { maxLength: 4 }), (lists) => {
      const sorted = lists.map((list) => [...list].sort(compareRoutes));
      const merged = mergeRoutes(sorted, (one) => one);
      equal(merged.length, lists.flat().length);
      const expected = lists.flat().sort(compareRoutes);
      ok(merged.every((one, i) => compareRoutes(one, expected[i] as Route) === 0));
    }),
  );
});
