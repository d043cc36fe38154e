/**
 * The oracle over the whole compiler: whatever is edited, in whatever order and in whatever slices, the outcome is the
 * one of compiling the same objects from nothing, every commit reports what it changed and nothing else, the order of
 * reading does not matter, and no Mapping or Ingress vanishes without a word.
 * `RUNS=5000 make test` searches longer, `SEED=1` elsewhere; a failure prints its seed and the smallest case.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type HostGlob, overlaps, parseGlob, splitPort } from "#base/hostname.ts";
import { formatRef, refKey } from "#base/origin.ts";
import { type Compiler, compile, type Encoded, encodedBytes, openCompiler, typeUrls } from "#compiler";
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import { anyStep, edit, emptyWorld, everything, type Step, someObjects, type World } from "./steps.ts";

const types = Object.keys(typeUrls) as Encoded["type"][];
const runs = Number(process.env["RUNS"] ?? 800);
const seed = Number(process.env["SEED"] ?? 20261121);

/** Resources by type and name, each as everything that is promised about it. */
function resourcesOf(resources: Iterable<Encoded>): Map<string, unknown> {
  const promised = [...resources].map(({ parts, ...rest }) => {
    const bytes = encodedBytes({ parts, ...rest }).toString();
    return [`${rest.type} ${rest.name}`, { ...rest, bytes }] as const;
  });
  return new Map(promised.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function allResources(compiler: Compiler): Iterable<Encoded> {
  return types.flatMap((type) => [...compiler.resources(type)]);
}

function versionsOf(compiler: Compiler): Map<string, string> {
  return new Map([...allResources(compiler)].map(({ type, name, version }) => [`${type} ${name}`, version]));
}

function scratch({ objects, files, ...inputs }: World) {
  return compile(objects, {
    ...inputs,
    readFile: (path) => files.get(path) ?? { kind: "unusable", because: "it is not read" },
  });
}

function assertAsFromNothing(compiler: Compiler, world: World): void {
  const fresh = scratch(world);
  assert.deepEqual(resourcesOf(allResources(compiler)), resourcesOf(fresh.resources));
  assert.deepEqual(compiler.diagnostics(), fresh.diagnostics);
}

/** Commits so many keys, and compares what is reported with what is different. */
function commitChecked(compiler: Compiler, keys: number): boolean {
  const before = versionsOf(compiler);
  let left = keys;
  const { done, resources } = compiler.commit(Number.isFinite(keys) ? () => --left > 0 : undefined);
  const after = versionsOf(compiler);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const different = names.filter((name) => before.get(name) !== after.get(name));
  const reported = resources.map(({ type, name, resource }) => {
    assert.equal(resource, compiler.resource(type, name));
    return `${type} ${name}`;
  });
  assert.deepEqual(reported.sort(), different.sort(), "what the commit reports");
  return done;
}

/** Lives through the steps; at every quiet moment everything must be as if compiled from nothing. */
function live(steps: readonly Step[]): void {
  const world = emptyWorld();
  const compiler = openCompiler(world.settings, { strict: true });
  for (const step of steps) {
    if (step.do !== "commit") edit(world, compiler, step);
    else if (commitChecked(compiler, step.keys)) assertAsFromNothing(compiler, world);
  }
}

/** The names of all routes in all virtual hosts: each is named after its Mapping. */
function routedBy(resources: readonly Encoded[]): ReadonlySet<string> {
  const tables = resources.filter(({ type }) => type === "routes");
  const hosts = tables.flatMap((table) => fromBinary(RouteConfigurationSchema, encodedBytes(table)).virtualHosts);
  return new Set(hosts.flatMap((host) => host.routes.map((route) => route.name)));
}

/** The names whose Hosts show nothing, or nothing in cleartext: by their own will, or because their TLS is broken. */
function closedNames(compiler: Compiler): readonly HostGlob[] {
  const closed = [...compiler.declared.tables.virtualHosts.entries()].filter(([, { exposure }]) =>
    ["hidden", "secure-only"].includes(exposure),
  );
  return closed.flatMap(([, { domains }]) => domains.flatMap((domain) => parseGlob(splitPort(domain).name) ?? []));
}

/** The shadows that get copies of what others serve. */
function shadowsServed({ declared: { routes } }: Compiler): ReadonlySet<string> {
  const linked = [...routes.routes.entries()].map(([, { action }]) => action);
  const clusters = new Set(linked.map((action) => (action.kind === "forward" ? action.mirror?.cluster : undefined)));
  const shadows = [...routes.decls.entries()].filter(
    ([, { shadow, upstream }]) => shadow && clusters.has(upstream?.name),
  );
  return new Set(shadows.map(([, { origin }]) => refKey(origin.ref)));
}

function assertNothingVanishes(world: World): void {
  const { compiler, resources, diagnostics } = scratch(world);
  const routed = routedBy(resources);
  const told = new Set(diagnostics.map(({ at }) => refKey(at.ref)));
  const closed = closedNames(compiler);
  const copied = shadowsServed(compiler);
  const { objects, ingresses, routes } = compiler.declared;
  const linked = [...routes.routes.entries()].map(([, route]) => route);
  const wanted = [...objects.admitted.entries()].map(([, { resource }]) => resource);
  for (const { kind, ref } of wanted) {
    const key = refKey(ref);
    const isWanted = kind === "Mapping" || (kind === "Ingress" && ingresses.get(key) !== undefined);
    if (!isWanted || told.has(key) || routed.has(formatRef(ref)) || copied.has(key)) continue;
    const own = linked.filter(({ origin }) => refKey(origin.ref) === key);
    const globs = own.map(({ hosts }) => parseGlob(hosts.kind === "glob" ? hosts.glob : "*"));
    assert.ok(
      globs.some((glob) => closed.some((name) => glob && overlaps(name, glob))),
      `${formatRef(ref)} is neither routed nor reported`,
    );
  }
}

function worldOf(steps: readonly Step[]): World {
  const world = emptyWorld();
  const compiler = openCompiler();
  for (const step of steps) if (step.do !== "commit") edit(world, compiler, step);
  return world;
}

const life = fc.tuple(someObjects, fc.array(anyStep, { maxLength: 40, size: "max" }));

test("after any edits, committed in any slices, everything is as if compiled from nothing", () => {
  const property = fc.property(life, ([objects, steps]) => live([...objects, everything, ...steps, everything]));
  fc.assert(property, { numRuns: runs, seed });
});

test("the order of reading does not matter", () => {
  const property = fc.property(someObjects, fc.infiniteStream(fc.nat()), (steps, random) => {
    const world = worldOf(steps);
    const ranks = new Map([...world.objects.keys()].map((key) => [key, random.next().value ?? 0]));
    const shuffled = [...world.objects].sort(([a], [b]) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    const one = scratch(world);
    const other = scratch({ ...world, objects: new Map(shuffled) });
    assert.deepEqual(resourcesOf(other.resources), resourcesOf(one.resources));
    assert.deepEqual(other.diagnostics, one.diagnostics);
  });
  fc.assert(property, { numRuns: runs, seed });
});

test("every admitted Mapping and Ingress is served, or somebody is told", () => {
  const property = fc.property(someObjects, (steps) => assertNothingVanishes(worldOf(steps)));
  fc.assert(property, { numRuns: runs, seed });
});
