/**
 * A small change that overtakes a wide one which is interrupted anywhere: what is then said to be whole lacks no domain
 * and no route that is there both without the wide change and after it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import fc, { type Arbitrary } from "fast-check";
import { compile, type Encoded, encodedBytes, openCompiler, type RawObject } from "#compiler";
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import { rawResource } from "../raw-object.ts";
import { edit, emptyWorld, module, onePut, type Step, settings, someObjects } from "./steps.ts";

const runs = Number(process.env["RUNS"] ?? 300);
const seed = Number(process.env["SEED"] ?? 20261121);

type Edit = Exclude<Step, { readonly do: "commit" }>;

/** What changes widely: a default, the settings, or the place of every Mapping in the order. */
const wide: Arbitrary<(objects: readonly Step[]) => readonly Step[]> = fc.oneof(
  module.map((step) => () => [step]),
  settings.map((value) => () => [{ do: "configure", settings: value } as const]),
  fc.constant((objects: readonly Step[]) => objects.map(moved)),
);

function moved(step: Step): Step {
  if (step.do !== "put" || step.object?.ref.kind !== "Mapping") return step;
  const spec = { ...(step.object.body["spec"] as object), precedence: 7 };
  return { ...step, object: { ...step.object, body: { ...step.object.body, spec } } satisfies RawObject };
}

/** Edits of a compiler, and all tables that they lead to from nothing. */
function live(steps: readonly Step[]) {
  const world = emptyWorld();
  const compiler = openCompiler(world.settings, { strict: true });
  const take = (more: readonly Step[]) => {
    for (const step of more) edit(world, compiler, step as Edit);
  };
  take(steps);
  return { compiler, take, tables: () => tablesOf(compile(world.objects, world).resources) };
}

function tablesOf(resources: Iterable<Encoded>): readonly Encoded[] {
  return [...resources].filter(({ type }) => type === "routes");
}

/** Every table, every domain in it, and every route in that. */
function served(tables: readonly Encoded[]): ReadonlySet<string> {
  const served = new Set<string>();
  for (const table of tables) {
    for (const { domains, routes } of fromBinary(RouteConfigurationSchema, encodedBytes(table)).virtualHosts) {
      for (const domain of domains)
        for (const name of ["", ...routes.map((route) => route.name)]) served.add(`${table.name} ${domain} ${name}`);
    }
  }
  return served;
}

/** Tells whether the small change overtook, and checks what came of it. */
function overtake(objects: readonly Step[], wide: readonly Step[], keys: number, narrow: Step): boolean {
  const { compiler, take, tables } = live(objects);
  compiler.commit();
  take(wide);
  let left = keys;
  compiler.commit(() => --left > 0);
  take([narrow]);
  const { overtook, resources } = compiler.commit(() => true);
  if (!overtook) return false;
  const changed = tablesOf(resources.flatMap(({ resource }) => resource ?? []));
  const names = new Set(changed.map(({ name }) => name));
  const found = served(changed);
  const after = served(tables());
  const without = served(live([...objects, narrow]).tables());
  for (const one of without) {
    if (after.has(one) && names.has(one.slice(0, one.indexOf(" ")))) assert.ok(found.has(one), `${one} is missing`);
  }
  return true;
}

test("wherever a change that moves routes is interrupted, what overtakes it lacks nothing", () => {
  const put = (kind: string, name: string, spec: object): Step => {
    const object = rawResource(kind, "v3alpha1", spec, { name });
    return { do: "put", key: `${kind} ${name}`, object };
  };
  const mapping = (i: number, hostname: string, timeout_ms = 3000): Step =>
    put("Mapping", `m${i}`, { hostname, prefix: `/${i}/`, service: "one", timeout_ms });
  const before = [0, 1, 2, 3, 4].map((i) => mapping(i, "a.test"));
  const wide = [1, 2, 3, 4].map((i) => mapping(i, "*.test"));
  const objects = [put("Host", "a", { hostname: "a.test" }), ...before];
  for (let keys = 1; keys < 200; keys++) overtake(objects, wide, keys, mapping(0, "a.test", 1));
});

test("what overtakes a wide change lacks nothing", () => {
  let overtaken = 0;
  const keys = fc.integer({ min: 1, max: 400 });
  const property = fc.property(someObjects, module, wide, keys, onePut, (objects, first, change, most, narrow) => {
    if (overtake([...objects, first], change(objects), most, narrow)) overtaken++;
  });
  fc.assert(property, { numRuns: runs, seed });
  assert.ok(overtaken > runs / 20, `only ${overtaken} of ${runs}`);
});
