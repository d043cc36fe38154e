/** Counts: as many as there are members, and nothing more to do than that. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGraph } from "./index.ts";

test("a count wakes nobody as long as as many members are in a group", () => {
  const g = openGraph();
  const source = g.source<{ readonly in: readonly string[]; readonly n: number }>("source");
  const counts = g.count("counts", source, (item) => item.in);
  const counted = (): object => Object.fromEntries(counts.entries());
  source.set("a", { in: ["x", "y", "x"], n: 1 });
  source.set("b", { in: ["x"], n: 1 });
  g.commit();
  assert.deepEqual(counted(), { x: 2, y: 1 });
  source.set("a", { in: ["x", "y"], n: 2 });
  assert.equal(g.commit().changed(counts).size, 0);
  source.set("a", { in: ["x"], n: 2 });
  source.set("b", { in: ["z"], n: 2 });
  source.set("c", { in: ["x"], n: 2 });
  assert.deepEqual([...g.commit().changed(counts)].sort(), ["y", "z"]);
  assert.deepEqual(counted(), { x: 2, z: 1 });
  for (const key of ["a", "b", "c"]) source.delete(key);
  g.commit();
  assert.equal(counts.size, 0);
});
