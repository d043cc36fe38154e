/** Recorded reads: a set per input key, however often something is read, without a trace once it is forgotten. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Dependencies } from "./dependencies.ts";
import { footprint } from "./representative.ts";
import { Stored } from "./stored.ts";

const state = {
  number: 1,
  first: true,
  running: false,
  interrupted: false,
  moved: false,
  touched: new Set<Stored<unknown>>(),
};

function setUp(inputs?: Stored<null>) {
  const woken: string[] = [];
  const from = new Stored<number>({ name: "from", order: 0, state });
  const reader = {
    wake: (key: string) => woken.push(key),
    wakeAll: (values: ReadonlyMap<string, unknown>) => woken.push(...values.keys()),
  };
  const dependencies = new Dependencies(reader, inputs);
  const read = (inputKey: string, ...keys: readonly string[]): void => {
    for (const key of keys) dependencies.record(from, "get", key);
    dependencies.settle(inputKey);
  };
  const change = (key: string): readonly string[] => {
    from.put(key, (from.get(key) ?? 0) + 1);
    from.flush();
    return woken.splice(0).sort();
  };
  return { from, dependencies, read, change };
}

test("each key wakes its readers once, however often and however much they read", () => {
  const { dependencies, read, change } = setUp();
  const many = Array.from({ length: 100 }, (_, i) => `k${i}`);
  read("a", "k1", "k2", "k1");
  read("b", ...many, ...many);
  assert.deepEqual(change("k1"), ["a", "b"]);
  assert.deepEqual(change("k99"), ["b"]);
  assert.equal(dependencies.of("a").length, 2);
  assert.equal(dependencies.of("b").length, 100);
});

test("a later run's reads replace the earlier ones", () => {
  const { dependencies, read, change } = setUp();
  read("a", "k1", "k2");
  read("a", "k2", "k3");
  assert.deepEqual(change("k1"), []);
  assert.deepEqual(change("k3"), ["a"]);
  read("a");
  assert.deepEqual(change("k2"), []);
  assert.deepEqual(dependencies.of("a"), []);
});

test("keys that have read the same share one list, whatever was read in between", () => {
  const inTurn = setUp();
  inTurn.read("a", "common", "k1");
  inTurn.read("c", "common", "k1");
  inTurn.read("b", "common", "k2");
  const { dependencies, read, change } = setUp();
  read("a", "common", "k1");
  read("b", "common", "k2");
  read("c", "common", "k1");
  assert.equal(footprint(dependencies), footprint(inTurn.dependencies));
  assert.deepEqual(change("k1"), ["a", "c"]);
  read("a", "common", "k2");
  assert.deepEqual(change("k1"), ["c"]);
  assert.deepEqual(change("k2"), ["a", "b"]);
});

test("what is forgotten leaves no trace", () => {
  const { dependencies, read } = setUp();
  read("x", "k");
  dependencies.forget("x");
  const before = footprint(dependencies);
  for (let i = 0; i < 20; i++) read(`in${i}`, "k", `k${i}`);
  for (let i = 0; i < 20; i++) dependencies.forget(`in${i}`);
  assert.equal(footprint(dependencies), before);
});

test("what most input keys read is kept once, whichever they are", () => {
  const inputs = new Stored<null>({ name: "inputs", order: 0, state });
  const keys = Array.from({ length: 100 }, (_, i) => `in${i}`);
  for (const key of keys) inputs.put(key, null);
  const { from, dependencies, read, change } = setUp(inputs);
  const empty = footprint(dependencies);
  const readAll = (...usual: readonly string[]): number => {
    for (const key of keys) read(key, ...(key === "in0" || key === "in1" ? ["k", "rare"] : usual), key);
    dependencies.tidy();
    return footprint(dependencies) - empty;
  };
  assert.ok(readAll("k", "common") < 30, "the first one is no example");
  assert.deepEqual(change("k"), keys.toSorted());
  assert.deepEqual(change("common"), keys.slice(2).sort());
  assert.deepEqual(change("rare"), ["in0", "in1"]);
  assert.deepEqual(change("in7"), ["in7"]);
  assert.deepEqual(
    dependencies.of("in7").map(({ key }) => key),
    ["k", "common", "in7"],
  );
  assert.ok(readAll() < 30, "nor is what they have read before");
  assert.deepEqual(change("common"), []);
  assert.deepEqual([...from.wanted()].sort(), ["k", "rare"]);
  for (const key of keys) {
    inputs.remove(key);
    dependencies.forget(key);
  }
  dependencies.tidy();
  assert.deepEqual([...from.wanted()], []);
});
