/**
 * The law that all others serve: after any edits, committed in slices of any size, everything is as if computed from
 * scratch; every commit reports exactly what it changed; and nothing is left of what is deleted.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equal } from "#base/equal.ts";
import type { Changes, Collection, Source } from "./index.ts";
import {
  contents,
  declareRepresentative,
  fatalWeight,
  footprint,
  type Item,
  type Representative,
} from "./representative.ts";

type SourceName = "items" | "extra" | "limits" | "globals";

/** An edit of a source, without a value a deletion; or a commit that may do so many keys. */
type Step =
  | { readonly source: SourceName; readonly key: string; readonly value?: unknown }
  | { readonly commit: number };

const everything: Step = { commit: Number.POSITIVE_INFINITY };
const name = fc.constantFrom("a", "b", "c", "d");
const key = fc.constantFrom("k1", "k2", "k3", "k4", "k5", "k6", "k10");
const item: fc.Arbitrary<Item> = fc.record(
  {
    host: name,
    weight: fc.integer({ min: -1, max: 8 }),
    needs: fc.array(name, { maxLength: 3 }),
    copies: fc.integer({ min: 0, max: 3 }),
    claim: fc.constantFrom("x", "y", "k1#0"),
  },
  { requiredKeys: ["host", "weight", "needs", "copies"], noNullPrototype: true },
);

function edits(source: SourceName, at: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<Step> {
  return fc.record(
    { source: fc.constant(source), key: at, value },
    { requiredKeys: source === "globals" ? ["source", "key", "value"] : ["source", "key"], noNullPrototype: true },
  );
}

const edit = fc.oneof(
  { weight: 8, arbitrary: edits("items", key, item) },
  { weight: 3, arbitrary: edits("extra", key, item) },
  { weight: 3, arbitrary: edits("limits", name, fc.integer({ min: 0, max: 2 })) },
  {
    weight: 1,
    arbitrary: edits(
      "globals",
      fc.constant(""),
      fc.integer({ min: 1, max: 2 }).map((unit) => ({ unit })),
    ),
  },
);
const step = fc.oneof(
  { weight: 14, arbitrary: edit },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }).map((commit) => ({ commit })) },
  { weight: 2, arbitrary: fc.constant(everything) },
);

function take(r: Representative, step: Step): Changes | undefined {
  if ("commit" in step) {
    let left = step.commit;
    return r.graph.commit(step === everything ? undefined : () => --left > 0);
  }
  const source: Source<unknown> = r[step.source];
  if (step.value === undefined) source.delete(step.key);
  else source.set(step.key, step.value);
  return undefined;
}

/** All that the edits have written and not deleted since, the latest first, computed at once. */
function fromScratch(steps: readonly Step[]): Representative {
  const scratch = declareRepresentative();
  const written = new Set<string>();
  for (const step of steps.toReversed()) {
    if ("commit" in step || written.has(`${step.source} ${step.key}`)) continue;
    written.add(`${step.source} ${step.key}`);
    take(scratch, step);
  }
  scratch.graph.commit();
  return scratch;
}

function assertSame(actual: Representative, expected: Representative): void {
  actual.collections.forEach((collection, i) => {
    const found = contents(collection);
    const wanted = contents(expected.collections[i] ?? collection);
    // A failing run keeps what the last good one gave, which nothing computed from scratch can know.
    if (collection.name === "fragile") for (const k of failing(expected)) found.delete(k);
    assert.deepEqual(found, wanted, collection.name);
  });
  for (const [i, collection] of actual.collections.entries()) {
    const same = expected.collections[i];
    if (same === undefined || collection === actual.graph.diagnostics) continue;
    assert.deepEqual(readOf(actual, collection), readOf(expected, same), `read of ${collection.name}`);
  }
}

/** The keys whose values were read. */
function readOf(r: Representative, collection: Collection<unknown>): readonly string[] {
  return [...r.graph.wanted(collection)].sort();
}

function failing(r: Representative): readonly string[] {
  return [...r.items.entries()].filter(([, i]) => i.weight >> 1 === fatalWeight).map(([k]) => k);
}

function assertReported(changes: Changes, before: ReadonlyMap<Collection<unknown>, Map<string, unknown>>): void {
  for (const [collection, old] of before) {
    const keys = [...new Set([...old.keys(), ...collection.keys()])].sort();
    const different = keys.filter((k) => !equal(old.get(k), collection.get(k)));
    assert.deepEqual([...changes.changed(collection)].sort(), different, collection.name);
    for (const k of keys) {
      if (!different.includes(k)) assert.equal(collection.get(k), old.get(k), `${collection.name} kept no object`);
    }
    if (collection.name === "diagnostics") assert.equal(changes.diagnosticsChanged, different.length > 0);
  }
}

/** Takes a step and checks what it reports if it is a commit; tells whether all is quiet after it. */
function takeChecked(r: Representative, step: Step): boolean {
  const before = new Map(r.collections.map((collection) => [collection, contents(collection)]));
  const changes = take(r, step);
  if (changes === undefined) return false;
  assertReported(changes, before);
  return changes.done;
}

test("after any edits, committed in any slices, everything is as if computed from scratch", () => {
  const property = fc.property(fc.array(step, { maxLength: 60, size: "max" }), (random) => {
    const r = declareRepresentative();
    const steps = [...random, everything];
    steps.forEach((step, i) => {
      const quiet = takeChecked(r, step);
      if (quiet) assertSame(r, fromScratch(steps.slice(0, i)));
      assert.ok(quiet || step !== everything);
    });
  });
  fc.assert(property, { numRuns: 500 });
});

test("a commit runs no function twice for one key, and one without edits runs none", () => {
  const several = fc.array(edit, { maxLength: 40, size: "max" });
  const property = fc.property(several, fc.array(step), several, (first, sliced, last) => {
    const r = declareRepresentative();
    const runs = (steps: readonly Step[]): readonly (readonly [string, number])[] => {
      r.runs.clear();
      for (const step of [...steps, everything]) take(r, step);
      return [...r.runs];
    };
    const repeated = (steps: readonly Step[]): unknown => runs(steps).filter(([, times]) => times > 1);
    assert.deepEqual(repeated(first), []);
    runs(sliced);
    assert.deepEqual(runs([]), []);
    assert.deepEqual(repeated(last), []);
  });
  fc.assert(property);
});

test("nothing is left of what is deleted, whatever was done with it", () => {
  // Both change every key that is always there, so that the numbers of its last commit are kept by both.
  const turn: Step = { source: "globals", key: "", value: { unit: 9 } };
  const add: Step = { source: "items", key: "k1", value: { host: "a", weight: 1, needs: [], copies: 1 } };
  const clear = (["items", "extra", "limits", "globals"] as const).flatMap((source) =>
    ["", "a", "b", "c", "d", "k1", "k2", "k3", "k4", "k5", "k6", "k10"].map((key): Step => ({ source, key })),
  );
  const run = (steps: readonly Step[]): Representative => {
    const r = declareRepresentative();
    for (const step of [...steps, turn, add, everything, ...clear, everything]) take(r, step);
    return r;
  };
  const empty = run([]);
  const property = fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
    const r = run(steps);
    assertSame(r, empty);
    assert.equal(footprint(r.graph), footprint(empty.graph), "no entry is left in any map, set or list");
  });
  fc.assert(property);
});
