/** One test per law of the graph: what wakes whom, what is kept, and what may not be done. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose } from "#base/diagnostic.ts";
import { type Collection, openGraph } from "./index.ts";
import { contents, footprint } from "./representative.ts";

const at = { ref: { group: "", kind: "Item", namespace: "", name: "x" }, path: "" };

/** Gives what was logged since the last call. */
function log(): { note(entry: string): void; take(): readonly string[] } {
  let entries: string[] = [];
  return {
    note: (entry) => entries.push(entry),
    take: () => {
      const taken = entries.sort();
      entries = [];
      return taken;
    },
  };
}

function values<T>(collection: Collection<T>): Readonly<Record<string, T>> {
  return Object.fromEntries(contents(collection));
}

test("edits take effect at the commit, and the last write per key wins", () => {
  const g = openGraph();
  const source = g.source<number>("numbers");
  source.set("a", 1);
  source.set("a", 2);
  source.set("b", 1);
  source.delete("b");
  assert.deepEqual(values(source), {});
  const changes = g.commit();
  assert.deepEqual(values(source), { a: 2 });
  assert.deepEqual([...changes.changed(source)], ["a"]);
  assert.equal(changes.commit, 1);
  assert.equal(changes.done, true);
  assert.equal(g.commit().changed(source).size, 0);
});

test("edits that have taken effect are forgotten", () => {
  const g = openGraph();
  const source = g.source<number>("numbers");
  g.commit();
  const empty = footprint(g);
  source.set("a", 1);
  source.set("b", 2);
  g.commit();
  source.delete("a");
  source.delete("b");
  g.commit();
  assert.equal(footprint(g), empty);
});

test("only the keys that an edit reaches are computed again", () => {
  const g = openGraph();
  const ran = log();
  const source = g.source<number>("numbers");
  const doubled = g.map("double", source, (n, _, key) => {
    ran.note(key);
    return { out: [[key, n * 2]] };
  });
  for (const key of ["a", "b", "c"]) source.set(key, 1);
  g.commit();
  assert.deepEqual(ran.take(), ["a", "b", "c"]);
  source.set("b", 5);
  source.delete("c");
  const changes = g.commit();
  assert.deepEqual(ran.take(), ["b"]);
  assert.deepEqual(values(doubled), { a: 2, b: 10 });
  assert.deepEqual([...changes.changed(doubled)].sort(), ["b", "c"]);
});

test("an equal output is the previous object, and wakes nobody", () => {
  const g = openGraph();
  const ran = log();
  const source = g.source<{ readonly n: number; readonly note: string }>("source");
  const narrow = g.map("narrow", source, ({ n }, _, key) => ({ out: [[key, { n }]] }));
  g.map("after", narrow, (_, __, key) => {
    ran.note(key);
    return { out: [] };
  });
  source.set("a", { n: 1, note: "x" });
  g.commit();
  const first = narrow.get("a");
  assert.deepEqual(ran.take(), ["a"]);
  source.set("a", { n: 1, note: "y" });
  const changes = g.commit();
  assert.deepEqual([...changes.changed(source)], ["a"]);
  assert.equal(changes.changed(narrow).size, 0);
  assert.equal(narrow.get("a"), first);
  assert.deepEqual(ran.take(), []);
});

test("a read of a key is a dependency, also when there is nothing", () => {
  const g = openGraph();
  const ran = log();
  const source = g.source<string>("source");
  const limits = g.source<number>("limits");
  const out = g.map("read", source, (wanted, reads, key) => {
    ran.note(key);
    return { out: [[key, [reads.get(limits, wanted) ?? 0, reads.get(limits, wanted) ?? 0]]] };
  });
  source.set("a", "x");
  source.set("b", "y");
  g.commit();
  ran.take();
  limits.set("x", 7);
  g.commit();
  assert.deepEqual(ran.take(), ["a"]);
  assert.deepEqual(values(out), { a: [7, 7], b: [0, 0] });
  limits.delete("x");
  limits.set("other", 1);
  g.commit();
  assert.deepEqual(ran.take(), ["a"]);
  source.set("a", "y");
  g.commit();
  ran.take();
  limits.set("x", 1);
  g.commit();
  assert.deepEqual(ran.take(), [], "what is no longer read no longer wakes");
});

test("`has` depends on existence only", () => {
  const g = openGraph();
  const ran = log();
  const limits = g.source<number>("limits");
  const out = g.value("exists", (reads) => {
    ran.note("ran");
    return { out: [["", reads.has(limits, "x")]] };
  });
  g.commit();
  assert.deepEqual(values(out), { "": false });
  limits.set("x", 1);
  g.commit();
  assert.deepEqual(values(out), { "": true });
  ran.take();
  limits.set("x", 2);
  g.commit();
  assert.deepEqual(ran.take(), []);
  limits.delete("x");
  g.commit();
  assert.deepEqual(ran.take(), ["ran"]);
});

test("a source tells which of its keys are read, whether there is a value or not", () => {
  const g = openGraph();
  const names = g.source<string>("names");
  const files = g.source<string>("files");
  g.map("contents", names, (name, reads, key) => ({ out: [[key, reads.get(files, name) ?? ""]] }));
  names.set("1", "a");
  names.set("2", "b");
  files.set("b", "x");
  g.commit();
  assert.deepEqual([...files.wanted()].sort(), ["a", "b"]);
  names.set("1", "b");
  g.commit();
  assert.deepEqual([...files.wanted()], ["b"]);
});

test("a collection tells whose values are read, in the same set as long as that is the same", () => {
  const g = openGraph();
  const names = g.source<{ readonly name: string; readonly note: string }>("names");
  const files = g.source<string>("files");
  const texts = g.union("texts", files);
  g.map("contents", names, ({ name }, reads, key) => ({ out: [[key, reads.get(texts, name) ?? ""]] }));
  g.map("presence", names, ({ note }, reads, key) => ({ out: [[key, reads.has(texts, note)]] }));
  names.set("1", { name: "a", note: "x" });
  names.set("2", { name: "b", note: "y" });
  files.set("b", "1");
  g.commit();
  const wanted = g.wanted(texts);
  assert.deepEqual([...wanted].sort(), ["a", "b"]);
  files.set("b", "2");
  names.set("1", { name: "a", note: "z" });
  g.commit();
  assert.equal(g.wanted(texts), wanted);
  names.delete("2");
  g.commit();
  assert.deepEqual([...g.wanted(texts)], ["a"]);
});

test("a look-up gives the members in key order, wakes by its own value only, and keeps its array", () => {
  const g = openGraph();
  const seen: (readonly { readonly tags: readonly string[] }[])[] = [];
  const items = g.source<{ readonly tags: readonly string[]; readonly n: number }>("items");
  const trigger = g.source<number>("trigger");
  const byTag = g.index("by tag", items, (item) => item.tags);
  const out = g.value("red", (reads) => {
    reads.get(trigger, "");
    const red = reads.lookup(byTag, "red");
    seen.push(red);
    return { out: [["", red.map((item) => item.n)]] };
  });
  items.set("b", { tags: ["red", "red"], n: 2 });
  items.set("a", { tags: ["red", "blue"], n: 1 });
  g.commit();
  assert.deepEqual(values(out), { "": [1, 2] });
  items.set("c", { tags: ["blue"], n: 3 });
  g.commit();
  assert.equal(seen.length, 1, "another value's members");
  trigger.set("", 1);
  g.commit();
  assert.equal(seen[1], seen[0], "the same array as long as nothing in it changed");
  items.set("b", { tags: ["red"], n: 5 });
  g.commit();
  assert.deepEqual(values(out), { "": [1, 5] }, "a member's value");
  items.set("a", { tags: [], n: 1 });
  g.commit();
  assert.deepEqual(values(out), { "": [5] }, "membership");
  items.delete("b");
  g.commit();
  assert.deepEqual(values(out), { "": [] });
});

test("a change of diagnostics alone is reported and wakes nobody", () => {
  const g = openGraph();
  const ran = log();
  const source = g.source<string>("source");
  const checked = g.map("check", source, (word, _, key) => ({
    out: [[key, "same"]],
    diagnostics: word === "" ? [] : [diagnose("internal/bug", at, word)],
  }));
  g.map("after", checked, () => {
    ran.note("ran");
    return { out: [] };
  });
  source.set("a", "x");
  assert.equal(g.commit().diagnosticsChanged, true);
  assert.deepEqual([...g.diagnostics.keys()], ["check\u0000a"]);
  ran.take();
  source.set("a", "y");
  const changes = g.commit();
  assert.equal(changes.diagnosticsChanged, true);
  assert.equal(changes.changed(checked).size, 0);
  assert.deepEqual(ran.take(), []);
  assert.deepEqual(g.diagnostics.get("check\u0000a")?.[0]?.message, "y");
  source.set("a", "");
  g.commit();
  assert.equal(g.diagnostics.size, 0, "only lists that are not empty");
  source.set("a", "z");
  g.commit();
  source.delete("a");
  assert.equal(g.commit().diagnosticsChanged, true);
  assert.equal(g.diagnostics.size, 0);
});

test("an output that moves from one input to another is no change", () => {
  const g = openGraph();
  const source = g.source<string>("source");
  const out = g.map("name", source, (name) => ({ out: [[name, { name }]] }));
  for (const [from, to] of [
    ["a", "b"],
    ["b", "a"],
  ] as const) {
    source.set(from, "shop");
    g.commit();
    const before = out.get("shop");
    source.delete(from);
    source.set(to, "shop");
    const changes = g.commit();
    assert.equal(changes.changed(out).size, 0);
    assert.equal(out.get("shop"), before);
    source.delete(to);
    assert.deepEqual([...g.commit().changed(out)], ["shop"]);
  }
});

test("a group is a new array in order, ties by key, and vanishes with its last member", () => {
  const g = openGraph();
  const source = g.source<{ readonly in: readonly string[]; readonly n: number; readonly id: string }>("source");
  const groups = g.group(
    "groups",
    source,
    (item) => item.in,
    (a, b) => a.n - b.n,
  );
  const ids = (group: string): string | undefined => groups.get(group)?.reduce((text, item) => text + item.id, "");
  source.set("c", { in: ["x"], n: 1, id: "c" });
  source.set("a", { in: ["x", "y", "x"], n: 2, id: "a" });
  source.set("b", { in: ["x"], n: 1, id: "b" });
  g.commit();
  assert.equal(ids("x"), "bca");
  assert.equal(ids("y"), "a");
  const before = groups.get("x");
  source.set("c", { in: ["x"], n: 3, id: "c" });
  const changes = g.commit();
  assert.equal(ids("x"), "bac");
  assert.notEqual(groups.get("x"), before);
  assert.equal(before?.map((item) => item.id).join(""), "bca", "the old array is as it was");
  assert.deepEqual([...changes.changed(groups)], ["x"]);
  for (let i = 0; i < 50; i++) source.set(`m${i}`, { in: ["x"], n: (i * 37) % 50, id: "" });
  g.commit();
  const sorted = groups.get("x")?.map((item) => item.n);
  assert.deepEqual(
    sorted,
    sorted?.toSorted((a, b) => a - b),
  );
  assert.equal(sorted?.length, 53);
  source.delete("a");
  g.commit();
  assert.equal(groups.get("y"), undefined);
  assert.equal(groups.size, 1);
});

test("a union takes the earlier part's value, and a split moves values between its parts", () => {
  const g = openGraph({ strict: false });
  const source = g.source<number>("numbers");
  const extra = g.source<number>("extra");
  const part = g.split("parity", source, (n) => (n % 2 === 0 ? "even" : "odd"));
  const union = g.union("all", part("even"), extra, part("odd"));
  source.set("a", 2);
  source.set("b", 3);
  extra.set("b", 10);
  g.commit();
  assert.deepEqual(values(part("even")), { a: 2 });
  assert.deepEqual(values(part("odd")), { b: 3 });
  assert.deepEqual(values(union), { a: 2, b: 10 });
  assert.equal(g.diagnostics.get("all\u0000b")?.[0]?.code, "internal/duplicate-key");
  source.set("a", 5);
  extra.delete("b");
  const changes = g.commit();
  assert.deepEqual(values(part("odd")), { a: 5, b: 3 });
  assert.deepEqual(values(part("even")), {});
  assert.deepEqual([...changes.changed(part("even"))], ["a"]);
  assert.deepEqual(values(union), { a: 5, b: 3 });
  assert.equal(g.diagnostics.size, 0);
  assert.equal(part("odd"), part("odd"));
  assert.equal(part("neither").size, 0);
});

test("a value runs once at first and then only when something that it read changed", () => {
  const g = openGraph();
  const ran = log();
  const source = g.source<number>("numbers");
  const out = g.value("settings", (reads) => {
    ran.note("ran");
    const n = reads.get(source, "n") ?? 0;
    return {
      out:
        n > 1
          ? [["low", 0]]
          : [
              ["low", n],
              ["high", n * 100],
            ],
    };
  });
  g.commit();
  assert.deepEqual(values(out), { low: 0, high: 0 });
  source.set("other", 1);
  g.commit();
  assert.equal(ran.take().length, 1);
  source.set("n", 2);
  const changes = g.commit();
  assert.deepEqual(values(out), { low: 0 });
  assert.deepEqual([...changes.changed(out)], ["high"]);
});

test("a collection that is declared over one with values has them after the next commit", () => {
  const g = openGraph();
  const source = g.source<number>("numbers");
  source.set("a", 1);
  g.commit();
  const doubled = g.map("double", source, (n, _, key) => ({ out: [[key, n * 2]] }));
  g.commit();
  assert.deepEqual(values(doubled), { a: 2 });
});

test("values too deep to compare count as changed", () => {
  const g = openGraph();
  const source = g.source<unknown>("source");
  const endless = (): unknown => {
    const value: unknown[] = [];
    value.push(value);
    return value;
  };
  source.set("a", endless());
  g.commit();
  source.set("a", endless());
  assert.deepEqual([...g.commit().changed(source)], ["a"]);
});
