/** Gate A, routes: what happens to Mappings while they serve. */
import { edition, mapping } from "./manifests.ts";
import { ask, type Scenario } from "./scenario.ts";
import type { Backends } from "./scene.ts";

/** All scenarios of routes. */
export function harmlessToRoutes({ one, two }: Backends): readonly Scenario[] {
  const edited = (value: string) => ({ "edited.yaml": [mapping("edited", one.address, edition(value))] });
  const ordered = (first: number, second: number) => ({
    "order.yaml": [
      mapping("order", one.address, { precedence: first }),
      mapping("order-too", two.address, { prefix: "/order/", method: "GET", precedence: second }),
    ],
  });
  const canary = (weight: number) => ({
    "canary.yaml": [
      mapping("canary", one.address),
      ...(weight === 0 ? [] : [mapping("canary-too", two.address, { prefix: "/canary/", weight })]),
    ],
  });
  return [
    {
      name: "a route is edited",
      questions: [ask("edited")],
      steps: ["2", "3", "4"].map((value) => ({
        edit: ({ put }) => put(edited(value)),
        served: { edited: `200 one edition ${value}` },
      })),
    },
    {
      name: "routes change places",
      questions: [ask("order")],
      steps: [
        { edit: ({ put }) => put(ordered(2, 1)), served: { order: "200 one" } },
        { edit: ({ put }) => put(ordered(1, 2)), served: { order: "200 two" } },
        { edit: ({ put }) => put(ordered(2, 1)), served: { order: "200 one" } },
      ],
    },
    {
      name: "weights are shifted",
      questions: [ask("canary")],
      steps: [
        { edit: ({ put }) => put(canary(0)), served: { canary: "200 one" } },
        { edit: ({ put }) => put(canary(30)), served: { canary: ["200 one", "200 two"] } },
        { edit: ({ put }) => put(canary(100)), served: { canary: "200 two" } },
        { edit: ({ put }) => put(canary(0)), served: { canary: "200 one" } },
      ],
    },
  ];
}
