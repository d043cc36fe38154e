/** Routes as a tree are the routes as a list, to a real Envoy, whatever they are and whatever is asked. */

import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import { compile, defaultSettings, type Encoded } from "#compiler";
import { VirtualHostSchema } from "#gen/envoy/config/route/v3/route_components_pb.js";
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import { encode, field } from "../../src/compiler/envoy/bytes.ts";
import { beginningOf, prefixTree } from "../../src/compiler/envoy/prefix-tree.ts";
import { emitRoute } from "../../src/compiler/envoy/route.ts";
import { emitPrefixTree } from "../../src/compiler/envoy/virtual-host-tree.ts";
import type { PathMatch } from "../../src/compiler/ir/match.ts";
import type { Route } from "../../src/compiler/ir/route.ts";
import { answerOf } from "../answer.ts";
import { rawResource } from "../raw-object.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";

const agent = new Agent({ keepAlive: true });
let envoy: TestEnvoy;
let port: number;
before(async () => {
  [envoy, port] = await Promise.all([startEnvoy(), freePort()]);
});
after(async () => {
  agent.destroy();
  await envoy.close();
});

const texts = ["/", "/a", "/a/", "/ab", "/a/b", "/a/b/", "/ab/c", "/b", "/B", "/a?b", "/%61", "", "a", "/é"] as const;
const text = fc.constantFrom(...texts);
const regexes = [
  "/a.*",
  "/a/?b*",
  "^/a/b.*",
  "/ab+",
  "/ab?",
  "/a{2}",
  "/a|/b",
  "(?i)/A/.*",
  ".*b",
  "/a/\\w+",
  "/b\\.c",
];
const path: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ kind: fc.constant("prefix" as const), prefix: text, caseSensitive: fc.boolean() }),
  fc.record({ kind: fc.constant("segments" as const), prefix: fc.constantFrom("/a", "/a/b", "/ab") }),
  fc.record({
    kind: fc.constant("exact" as const),
    path: text.filter((one) => one !== ""),
    caseSensitive: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("regex" as const), regex: fc.constantFrom(...regexes) }),
);
const header = fc.constantFrom([], [{ name: "x", match: { kind: "exact" as const, value: "1" } }]);
const routes = fc.array(fc.record({ path, headers: header }), { minLength: 1, maxLength: 40 });

const asked = [
  ...texts,
  "/a/b/c",
  "/aa",
  "/abb",
  "/A/x",
  "/x/b",
  "/a/?b",
  "/b.c",
  "/bxc",
  "/ab?c=/a",
  "/a/b?x#y",
  "/zzz",
]
  .filter((one) => one.startsWith("/") && !one.includes("é"))
  .flatMap((one) => [
    { path: one, headers: {} },
    { path: one, headers: { x: "1" } },
  ]);

type Drawn = typeof routes extends fc.Arbitrary<infer T> ? T : never;

/** Both virtual hosts in the place of the only table. */
function tables(drawn: Drawn): readonly Encoded[] {
  const mapping = rawResource("Mapping", "v2", { prefix: "/", service: "127.0.0.1:1" });
  const { resources } = compile([["mapping", mapping]], { settings: { ...defaultSettings, ports: { "8080": port } } });
  const encoded = drawn.map(({ path, headers }, index) => {
    const match = { path, headers, query: [] };
    return emitRoute({ ...blank, match, action: { kind: "respond", status: 200, body: String(index) } }, undefined);
  });
  const tree = prefixTree(drawn.map((one) => beginningOf(one.path)));
  const framed = encoded.map((route) => route.framed);
  const listed = encoded.map((route) => ({ encoded: route, bytes: route.framed }));
  const hosts = [
    field(2, encode(VirtualHostSchema, { name: "list", domains: ["list.test"] }), ...framed),
    field(
      2,
      encode(VirtualHostSchema, { name: "tree", domains: ["tree.test"] }),
      ...(tree ? emitPrefixTree(tree, [], listed) : framed),
    ),
  ];
  return resources.map((one) =>
    one.type === "routes"
      ? {
          ...one,
          version: String(Math.random()),
          parts: [encode(RouteConfigurationSchema, { name: one.name, ignorePortInHostMatching: true }), ...hosts],
          clusters: [],
        }
      : one,
  );
}

const ref = { group: "", kind: "Mapping", namespace: "default", name: "x" };
const blank = {
  key: "x",
  origin: { ref, path: "" },
  labels: {},
  hosts: { kind: "glob", glob: "*" },
  hostsPath: "",
  order: { precedence: 0, pathLength: 0, headerLength: 0, queryLength: 0, path: "", headers: "", query: "", tie: "" },
  canary: 0,
  headers: { addRequest: [], removeRequest: [], addResponse: [], removeResponse: [] },
} as const satisfies Omit<Route, "match" | "action">;

async function ask(host: string, { path, headers }: (typeof asked)[number]): Promise<string> {
  const { status, body } = await answerOf({ port, path, agent, headers: { host, ...headers } });
  return status === 200 ? body : String(status);
}

test("a request meets the same route", async () => {
  let trees = 0;
  await fc.assert(
    fc.asyncProperty(routes, async (drawn) => {
      if (prefixTree(drawn.map((one) => beginningOf(one.path)))) trees++;
      await envoy.serve(tables(drawn));
      const answers = (host: string) => Promise.all(asked.map((one) => ask(host, one)));
      assert.deepEqual(await answers("tree.test"), await answers("list.test"));
    }),
    { numRuns: 40 },
  );
  assert.ok(trees > 10, `${trees} trees`);
});
