import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { ClusterName } from "../ir/cluster.ts";
import type { Redirect, RouteAction, RouteDecl } from "../ir/route.ts";
import { linkRoutes } from "./routes.ts";

const forward: RouteAction = { kind: "forward", cluster: "c" as ClusterName, timeoutMs: 3000, upgrades: [] };
const redirect: Redirect = { kind: "redirect", host: "other.test", status: 301 };
const leftover: RouteAction = { kind: "respond", status: 503 };

function decl(name: string, action: RouteAction, weight?: number): RouteDecl {
  return {
    key: name,
    origin: { ref: { group: "getambassador.io", kind: "Mapping", namespace: "default", name }, path: "" },
    created: "",
    labels: {},
    hosts: { kind: "glob", glob: "*" },
    hostsPath: ".spec.hostname",
    match: { path: { kind: "prefix", prefix: "/", caseSensitive: true }, headers: [], query: [] },
    matchKey: "same",
    order: {
      precedence: 0,
      pathLength: 1,
      headerLength: 0,
      queryLength: 0,
      path: "/",
      headers: "",
      query: "",
      tie: `${name}.default`,
    },
    ...(weight === undefined ? {} : { weight }),
    action,
    headers: { addRequest: [], removeRequest: [], addResponse: [], removeResponse: [] },
  };
}

function link(...rivals: readonly RouteDecl[]): readonly unknown[] {
  const { out, diagnostics = [] } = linkRoutes(rivals);
  const routes = [...out].map(([key, { action, fraction, canary }]) => [key, action.kind, canary, fraction ?? "all"]);
  return [routes, diagnostics.map(({ code, at }) => `${code} ${at.ref.name}${at.path}`)];
}

test("rivals for the same requests", () => {
  const rows: readonly (readonly [what: string, rivals: readonly RouteDecl[], expected: readonly unknown[]])[] = [
    ["alone", [decl("a", forward)], [[["a", "forward", 0, "all"]], []]],
    [
      "alone with a weight",
      [decl("a", forward, 10)],
      [[["a", "forward", 0, "all"]], ["mapping/lone-weight a.spec.weight"]],
    ],
    [
      "canaries",
      [decl("a", forward), decl("b", forward, 10)],
      [
        [
          ["b", "forward", 0, 10],
          ["a", "forward", 1, "all"],
        ],
        [],
      ],
    ],
    [
      "too much weight",
      [decl("a", forward, 60), decl("b", forward, 60)],
      [
        [
          ["a", "forward", 0, 60],
          ["b", "forward", 1, "all"],
        ],
        ["mapping/weights-over-100 b.spec.weight"],
      ],
    ],
    [
      "too little weight",
      [decl("a", forward, 20), decl("b", forward, 30)],
      [
        [
          ["a", "forward", 0, 20],
          ["b", "forward", 1, 50],
        ],
        ["mapping/weights-under-100 b.spec.weight"],
      ],
    ],
    [
      "a redirect first",
      [decl("a", redirect), decl("b", forward)],
      [[["a", "redirect", 0, "all"]], ["mapping/conflict b"]],
    ],
    [
      "a redirect later",
      [decl("a", forward), decl("b", redirect), decl("c", forward)],
      [
        [
          ["a", "forward", 0, 50],
          ["c", "forward", 1, "all"],
        ],
        ["mapping/conflict b"],
      ],
    ],
    [
      "what is left of a bad one gives way",
      [decl("a", leftover, 10), decl("b", forward)],
      [[["b", "forward", 0, "all"]], ["mapping/covered a"]],
    ],
    [
      "to a redirect, too",
      [decl("a", leftover), decl("b", redirect)],
      [[["b", "redirect", 0, "all"]], ["mapping/covered a"]],
    ],
    ["unless there is nothing else", [decl("a", leftover)], [[["a", "respond", 0, "all"]], []]],
  ];
  for (const [what, rivals, expected] of rows) deepEqual(link(...rivals), expected, what);
});

test("canaries stand in one place of the order", () => {
  const { out } = linkRoutes([decl("a", forward), decl("b", forward, 10)]);
  deepEqual(
    [...out].map(([, { order }]) => order.tie),
    ["a.default", "a.default"],
  );
});
