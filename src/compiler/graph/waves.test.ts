/** Commits in slices: a wide change can be interrupted, small edits overtake it, and nothing is lost or done twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Changes, openGraph } from "./index.ts";

function declare() {
  const g = openGraph();
  const ran: string[] = [];
  const items = g.source<number>("items");
  const unit = g.source<number>("unit");
  const scaled = g.map("scale", items, (n, reads, key) => {
    ran.push(`scale ${key}`);
    return { out: [[key, n * (reads.get(unit, "") ?? 1)]] };
  });
  const labelled = g.map("label", scaled, (n, _, key) => {
    ran.push(`label ${key}`);
    return { out: [[key, `#${n}`]] };
  });
  for (let i = 0; i < 5; i++) items.set(`k${i}`, i);
  g.commit();
  return { g, items, unit, scaled, labelled, takeRuns: () => ran.splice(0) };
}

/** Commits with leave for so many keys. */
function slice(g: { commit(mayContinue: () => boolean): Changes }, keys: number): Changes {
  let left = keys;
  return g.commit(() => --left > 0);
}

test("an interrupted commit goes on where it stopped, and reports what each part did", () => {
  const { g, unit, scaled, labelled, takeRuns } = declare();
  takeRuns();
  unit.set("", 10);
  const first = slice(g, 3);
  assert.equal(first.done, false);
  assert.deepEqual(takeRuns(), ["scale k0", "scale k1", "scale k2"]);
  assert.deepEqual([...first.changed(scaled)], ["k1", "k2"], "zero times anything is no change");
  assert.equal(scaled.get("k2"), 20);
  assert.equal(scaled.get("k3"), 3);
  assert.equal(first.changed(labelled).size, 0);
  const second = g.commit();
  assert.equal(second.done, true);
  assert.deepEqual([...second.changed(scaled)], ["k3", "k4"]);
  assert.deepEqual([...second.changed(labelled)], ["k1", "k2", "k3", "k4"]);
  assert.equal(takeRuns().length, 6);
  assert.throws(() => first.changed(scaled), /after a later one/, "an earlier report is not asked any more");
});

test("newer edits go first, and what they compute is not computed again", () => {
  const { g, items, unit, labelled, takeRuns } = declare();
  unit.set("", 10);
  slice(g, 1);
  takeRuns();
  items.set("k4", 7);
  const changes = slice(g, 2);
  assert.deepEqual(takeRuns(), ["scale k4", "label k4"]);
  assert.equal(changes.done, false);
  assert.deepEqual([...changes.changed(labelled)], ["k4"]);
  assert.equal(labelled.get("k4"), "#70");
  assert.equal(g.commit().done, true);
  assert.deepEqual(takeRuns(), ["scale k1", "scale k2", "scale k3", "label k1", "label k2", "label k3"]);
});

test("an edit that overtakes a wide one is told apart from it", () => {
  const { g, items, unit, labelled } = declare();
  unit.set("", 10);
  assert.equal(slice(g, 3).overtook, false);
  items.set("k4", 7);
  const changes = slice(g, 100);
  assert.equal(changes.overtook, true);
  assert.equal(changes.done, false);
  assert.deepEqual([...changes.changed(labelled)], ["k4"]);
  const rest = slice(g, 100);
  assert.equal(rest.done, true);
  assert.deepEqual([...rest.changed(labelled)], ["k1", "k2", "k3"]);
});

test("nothing overtakes for itself what has let keys come or go, or members change their groups", () => {
  const g = openGraph();
  const items = g.source<string>("items");
  const moves = g.source<boolean>("moves");
  const placed = g.map("place", items, (place, reads, key) => ({
    out: [[key, { place, moved: reads.get(moves, "") ?? false }]],
  }));
  const groups = g.group(
    "groups",
    placed,
    ({ place, moved }) => [moved ? "elsewhere" : place],
    () => 0,
  );
  const sizes = g.map("sizes", groups, (members, _, key) => ({ out: [[key, members.length]] }));
  for (const key of ["a", "b", "c", "d"]) items.set(key, "here");
  g.commit();
  const overtakes = (keys: number): boolean => {
    moves.set("", true);
    slice(g, keys);
    items.set("d", "there");
    const { overtook } = slice(g, 100);
    g.commit();
    assert.equal(sizes.get("elsewhere"), 4);
    moves.set("", false);
    items.set("d", "here");
    g.commit();
    return overtook;
  };
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(overtakes), [true, true, true, true, false, false, false]);
});

test("newer edits that are wide can be interrupted, too", () => {
  const { g, unit, labelled, takeRuns } = declare();
  unit.set("", 10);
  slice(g, 2);
  unit.set("", 100);
  slice(g, 2);
  unit.set("", 1000);
  takeRuns();
  const changes = slice(g, 100);
  assert.equal(changes.done, true);
  assert.deepEqual(
    [...labelled.entries()].map(([, label]) => label),
    ["#0", "#1000", "#2000", "#3000", "#4000"],
  );
  assert.equal(takeRuns().length, 9, "each key once, whatever it missed");
});

test("a commit that may do nothing still does one key", () => {
  const { g, unit, takeRuns } = declare();
  unit.set("", 10);
  takeRuns();
  let commits = 1;
  while (!g.commit(() => false).done) commits++;
  assert.equal(commits, takeRuns().length);
});

test("a commit that ends with its last key is done, and one with nothing to do asks nobody", () => {
  const { g, items } = declare();
  items.set("k0", 9);
  assert.equal(slice(g, 2).done, true);
  assert.equal(g.commit(() => assert.fail("asked")).done, true);
});

test("a value that comes back within a commit is no change", () => {
  const { g, unit, scaled } = declare();
  const before = scaled.get("k4");
  unit.set("", 10);
  slice(g, 1);
  unit.set("", 1);
  const changes = g.commit();
  assert.equal(changes.changed(scaled).size, 0);
  assert.equal(scaled.get("k4"), before);
});

test("a question that throws interrupts, and nothing is lost", () => {
  const { g, unit, scaled, labelled } = declare();
  unit.set("", 10);
  let asked = 0;
  const question = (): boolean => {
    if (asked++ > 1) throw new Error("no answer");
    return true;
  };
  assert.throws(() => g.commit(question), /no answer/);
  const changes = g.commit();
  assert.deepEqual([...changes.changed(scaled)].sort(), ["k1", "k2", "k3", "k4"]);
  assert.equal(labelled.get("k1"), "#10");
});
