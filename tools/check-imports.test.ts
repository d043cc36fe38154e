/** What check-imports lets through and what it refuses, rule by rule. */
import assert from "node:assert/strict";
import test from "node:test";
import { checkSource, circlesIn, filesImportedBy, importsOf } from "./check-imports.ts";

const open = "/** A thing. */\n";
const imports = (from: string, kind = "import") => `${open}${kind} { x } from "${from}";\n`;

const allowed: readonly (readonly [path: string, text: string])[] = [
  ["base/equal.ts", imports("node:crypto")],
  ["base/diagnostic.ts", imports("./origin.ts")],
  ["base/log.ts", imports("pino")],
  ["compiler/graph/map.ts", imports("#base/equal.ts")],
  ["compiler/compile.ts", imports("./policies/cors/emit.ts")],
  ["compiler/policies/index.ts", imports("./cors/emit.ts")],
  ["compiler/policies/cors/emit.ts", imports("../policy.ts")],
  ["compiler/policies/cors/emit.ts", imports("#gen/envoy/config/route/v3/route_pb.js")],
  ["compiler/policies/cors/emit.ts", imports("@bufbuild/protobuf")],
  ["compiler/policies/cors/lower.ts", imports("../../graph/index.ts", "import type")],
  ["compiler/policies/cors/cors.test.ts", imports("../auth/lower.ts")],
  ["compiler/frontends/gateway/http-route.ts", imports("../../policies/cors/lower.ts")],
  ["compiler/frontends/gateway/http-route.ts", imports("../backend.ts")],
  ["compiler/envoy/shape/table.ts", imports("../route.ts")],
  ["compiler/envoy/http-connection-manager.ts", open],
  ["control/xds/server.ts", imports("@grpc/grpc-js")],
  ["control/xds/server.ts", imports("../../compiler/index.ts")],
  ["control/run.ts", imports("#compiler")],
  ["services/webhook/convert.ts", imports("../../compiler/api/crd.ts")],
  ["services/auth/server.ts", imports("#compiler", "import type")],
  ["services/auth/server.ts", imports("../grpc-server.ts")],
  ["cli/wait.ts", imports("../control/xds/snapshot.ts", "import type")],
  ["cli/run.ts", imports("../control/run.ts")],
  ["main.ts", imports("./cli/run.ts")],
];

for (const [path, text] of allowed) {
  test(`${path} may: ${text.slice(open.length).trim()}`, () => assert.deepEqual(checkSource(path, text), []));
}

const refused: readonly (readonly [path: string, text: string, words: RegExp])[] = [
  ["base/equal.ts", imports("../compiler/ir/route.ts"), /compiler\/ir\/route\.ts, which base\/ may not/],
  ["base/equal.ts", imports("yaml"), /package yaml/],
  ["base/equal.ts", imports("node:fs"), /node:fs, which is not pure/],
  ["compiler/ir/route.ts", imports("../graph/index.ts"), /compiler\/graph/],
  ["compiler/api/crd.ts", imports("#gen/validate/validate_pb.js"), /gen\/validate/],
  ["compiler/policies/cors/emit.ts", imports("../auth/ir.ts"), /policies\/auth\/ir\.ts, which/],
  ["compiler/policies/cors/emit.ts", imports("../index.ts"), /policies\/index\.ts, which/],
  ["compiler/policies/cors/lower.ts", imports("../../graph/index.ts"), /types only/],
  ["compiler/frontends/gateway/http-route.ts", imports("../ambassador/mapping.ts", "import type"), /ambassador/],
  ["compiler/link/routes.ts", imports("../policies/cors/ir.ts"), /policies\/cors/],
  ["compiler/envoy/route.ts", imports("../api/mapping.ts"), /compiler\/api/],
  ["compiler/compile.ts", imports("../control/run.ts"), /control\/run/],
  ["control/run.ts", imports("../compiler/link/routes.ts"), /compiler\/link/],
  ["control/run.ts", imports("../keeper/envoy-binary.ts"), /keeper/],
  ["services/auth/server.ts", imports("../acme/order.ts"), /services\/acme/],
  ["services/auth/server.ts", imports("#compiler"), /types only/],
  ["cli/wait.ts", imports("../control/xds/snapshot.ts"), /types only/],
  ["keeper/keeper.ts", imports("#compiler"), /compiler\/index/],
  ["keeper/keeper.ts", `${open}const x = await import("undici");\n`, /package undici/],
  ["nowhere/x.ts", open, /no room/],
  ["compiler/link/routes.ts", `${open}const now = Date.now();\n`, /the clock/],
  ["compiler/link/routes.ts", `${open}const x = new Date();\n`, /the clock/],
  ["compiler/link/routes.ts", `${open}const x = Math.random();\n`, /chance/],
  ["compiler/link/routes.ts", `${open}setTimeout(() => {}, 1);\n`, /timers/],
  ["compiler/link/routes.ts", `${open}const home = process.env.HOME;\n`, /the process/],
  ["control/utils.ts", open, /"utils" in its name/],
  ["control/kube/watch-manager.ts", open, /"manager" in its name/],
  ["control/common/x.ts", open, /"common" in its name/],
  ["control/context.ts", open, /context/],
  ["control/Run.ts", open, /kebab-case/],
  ["control/run.ts", `${open}export class StreamHandler {}\n`, /StreamHandler/],
  ["control/run.ts", "const x = 1;\n", /doc comment/],
  ["control/run.ts", open + "const x = 1;\n".repeat(400), /401 lines/],
];

for (const [path, text, words] of refused) {
  test(`${path} may not: ${text.slice(open.length).trim().slice(0, 80)}`, () => {
    const breaches = checkSource(path, text);
    assert.equal(breaches.length, 1, breaches.join("; "));
    assert.match(breaches[0] ?? "", words);
  });
}

test("a pure room may speak about impure things", () => {
  const text = `${open}// Date.now() would not do.\nconst x = "Math.random()";\nconst y = new Date(x);\n`;
  assert.deepEqual(checkSource("compiler/link/routes.ts", text), []);
});

test("a circle is found however long it is and however types are imported, and a file that two import is none", () => {
  const texts = {
    "base/a.ts": 'import type { B } from "../control/b.ts";',
    "control/b.ts": 'import { c } from "./c.ts";\nimport { d } from "#base/d.ts";',
    "control/c.ts": 'import { d } from "../base/d.ts";\nconst a = await import("#base/a.ts");',
    "base/d.ts": 'import { readFileSync } from "node:fs";',
    "compiler/index.ts": 'export { e } from "./e.ts";',
    "compiler/e.ts": 'import { e } from "#compiler";',
  };
  const imports = new Map(Object.entries(texts).map(([path, text]) => [path, filesImportedBy(path, text)]));
  assert.deepEqual(circlesIn(imports), [
    ["base/a.ts", "control/b.ts", "control/c.ts", "base/a.ts"],
    ["compiler/index.ts", "compiler/e.ts", "compiler/index.ts"],
  ]);
});

test("every form of import is seen", () => {
  const text = [
    'import "./a.ts";',
    'import b from "./b.ts";',
    'import { c, type C } from "./c.ts";',
    'import {\n  d,\n  e,\n} from "./d.ts";',
    'import * as f from "./f.ts";',
    'import type { G } from "./g.ts";',
    'export * from "./h.ts";',
    'export type { I } from "./i.ts";',
    'const j = await import("./j.ts");',
    'export const k = "not an import";',
  ].join("\n");
  assert.deepEqual(
    importsOf(text).map(({ from, typeOnly }) => `${from}${typeOnly ? " type" : ""}`),
    ["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./f.ts", "./g.ts type", "./h.ts", "./i.ts type", "./j.ts"],
  );
});
