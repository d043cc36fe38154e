/** What happens when a transformation breaks a law: its neighbours go on, and somebody is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Origin } from "#base/origin.ts";
import { type Collection, openGraph, type Reads } from "./index.ts";
import { contents } from "./representative.ts";

function values<T>(collection: Collection<T>): Readonly<Record<string, T>> {
  return Object.fromEntries(contents(collection));
}

function originOf(item: unknown): Origin {
  return { ref: { group: "", kind: "Item", namespace: "", name: String(item) }, path: "" };
}

test("a run that throws keeps its previous outputs, is reported, and leaves its neighbours alone", () => {
  const g = openGraph({ strict: false, originOf });
  const source = g.source<string>("source");
  const mood = g.source<string>("mood");
  const out = g.map("shout", source, (word, reads, key) => {
    if (word === "bad" && reads.get(mood, "") !== "good") throw new TypeError("do not quote: hunter2");
    return { out: [[key, word.toUpperCase()]] };
  });
  source.set("a", "hello");
  source.set("b", "bad");
  g.commit();
  assert.deepEqual(values(out), { a: "HELLO" });
  source.set("a", "bad");
  source.set("c", "fine");
  g.commit();
  assert.deepEqual(values(out), { a: "HELLO", c: "FINE" });
  const [diagnostic] = g.diagnostics.get("shout\u0000a") ?? [];
  assert.equal(diagnostic?.code, "internal/bug");
  assert.equal(diagnostic?.at.ref.name, "bad");
  assert.doesNotMatch(JSON.stringify(diagnostic), /hunter2/);
  mood.set("", "good");
  g.commit();
  assert.deepEqual(values(out), { a: "BAD", b: "BAD", c: "FINE" }, "what it read before it threw wakes it");
  assert.equal(g.diagnostics.size, 0);
  mood.delete("");
  g.commit();
  source.delete("a");
  source.delete("b");
  g.commit();
  assert.deepEqual(values(out), { c: "FINE" });
  assert.equal(g.diagnostics.size, 0);
});

test("outputs that fail while they are made on demand are none at all", () => {
  const g = openGraph({ strict: false });
  const source = g.source<number>("source");
  const out = g.map("count", source, (n) => ({
    out: (function* () {
      for (let i = 0; i < n; i++) yield [`n${i}`, i] as const;
      if (n > 1) throw new Error("too many");
    })(),
  }));
  source.set("a", 1);
  g.commit();
  source.set("a", 3);
  g.commit();
  assert.deepEqual(values(out), { n0: 0 });
  const [diagnostic] = g.diagnostics.get("count\u0000a") ?? [];
  assert.deepEqual(diagnostic?.at.ref, { group: "", kind: "Internal", namespace: "", name: "count" });
});

test("a strict graph finishes the commit, then throws all failures", () => {
  const g = openGraph();
  const source = g.source<string>("source");
  const out = g.map("check", source, (word, _, key) => {
    if (word === "bad") throw new TypeError(`no ${key}`);
    return { out: [[key, word]] };
  });
  source.set("a", "bad");
  source.set("b", "fine");
  source.set("c", "bad");
  assert.throws(
    () => g.commit(),
    (error: unknown) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(
        error.errors.map((e: Error) => (e.cause as Error).message),
        ["no a", "no c"],
      );
      return true;
    },
  );
  assert.deepEqual(values(out), { b: "fine" });
  source.set("b", "better");
  assert.deepEqual([...g.commit().changed(out)], ["b"], "a failure is thrown once");
});

test("of several producers of an output key the smallest input key wins, whatever came first", () => {
  const g = openGraph({ strict: false, originOf });
  const source = g.source<string>("source");
  const out = g.map("name", source, (text) => ({ out: [["shop", text]] }));
  const losers = (): readonly string[] => [...g.diagnostics.keys()].map((key) => key.split("\u0000")[1] ?? "").sort();
  source.set("b", "from b");
  g.commit();
  source.set("c", "from c");
  g.commit();
  assert.deepEqual(values(out), { shop: "from b" });
  assert.deepEqual(losers(), ["c"]);
  source.set("a", "from a");
  assert.deepEqual([...g.commit().changed(out)], ["shop"]);
  assert.deepEqual(values(out), { shop: "from a" });
  assert.deepEqual(losers(), ["b", "c"]);
  const [diagnostic] = g.diagnostics.get("name\u0000b\u0000shop") ?? [];
  assert.equal(diagnostic?.at.ref.name, "from b");
  assert.equal(diagnostic?.related?.[0]?.at.ref.name, "from a");
  source.delete("a");
  source.set("c", "changed c");
  g.commit();
  assert.deepEqual(values(out), { shop: "from b" });
  assert.deepEqual(losers(), ["c"]);
  source.delete("b");
  g.commit();
  assert.deepEqual(values(out), { shop: "changed c" });
  assert.deepEqual(losers(), []);
  source.delete("c");
  g.commit();
  assert.equal(out.size, 0);
});

test("an output key given twice by one run has the first value", () => {
  const g = openGraph({ strict: false });
  const source = g.source<readonly string[]>("source");
  const out = g.map("name", source, (texts) => ({ out: texts.map((text) => ["shop", text] as const) }));
  source.set("a", ["one", "two"]);
  g.commit();
  assert.deepEqual(values(out), { shop: "one" });
  assert.deepEqual(
    [...g.diagnostics.entries()].map(([, [first]]) => first?.code),
    ["internal/duplicate-key"],
  );
  source.set("a", ["one"]);
  g.commit();
  assert.equal(g.diagnostics.size, 0);
});

test("an input that loses its own key gets it back, or leaves without a trace", () => {
  const g = openGraph({ strict: false });
  const source = g.source<string>("source");
  const out = g.map("name", source, (name, _, key) => ({ out: [[name, `from ${key}`]] }));
  for (const end of [() => source.set("a", "a"), () => source.delete("b")]) {
    source.set("a", "b");
    source.set("b", "b");
    g.commit();
    assert.deepEqual(values(out), { b: "from a" });
    assert.equal(g.diagnostics.size, 1);
    end();
    g.commit();
    assert.equal(g.diagnostics.size, 0);
  }
  assert.deepEqual(values(out), { b: "from a" });
  source.delete("a");
  g.commit();
  assert.equal(out.size, 0);
});

test("an output key that moves between slices is no failure", () => {
  const g = openGraph();
  const source = g.source<string>("source");
  const out = g.map("name", source, (name, _, key) => ({ out: [[name, `from ${key}`]] }));
  source.set("a", "x");
  g.commit();
  source.set("b", "x");
  source.set("a", "y");
  assert.equal(g.commit(() => false).done, false);
  assert.equal(g.commit().done, true);
  assert.deepEqual(values(out), { x: "from b", y: "from a" });
  assert.equal(g.diagnostics.size, 0);
});

test("a strict graph throws on a duplicate output key, but not on one that moves", () => {
  const g = openGraph();
  const source = g.source<string>("source");
  g.map("name", source, (name) => ({ out: [[name, 1]] }));
  source.set("a", "x");
  g.commit();
  source.set("a", "y");
  source.set("b", "x");
  g.commit();
  source.set("c", "x");
  assert.throws(() => g.commit(), /two producers of "x": "b" and "c"/);
  const h = openGraph();
  const parts = [h.source<number>("one"), h.source<number>("two")];
  h.union("both", ...parts);
  for (const part of parts) part.set("k", 1);
  assert.throws(() => h.commit(), /two producers of "k"/);
});

test("`by` and `order` that throw are reported, and every other member is in its place", () => {
  const g = openGraph({ strict: false, originOf: () => undefined });
  const source = g.source<number>("numbers");
  const groups = g.group(
    "groups",
    source,
    (n) => {
      if (n < 0) throw new RangeError("negative");
      return [n > 100 ? "big" : "small"];
    },
    (a, b) => {
      if (a === 13 || b === 13) throw new Error("unlucky");
      return b - a;
    },
  );
  const split = g.split("split", source, (n) => {
    if (n < 0) throw new RangeError("negative");
    return "all";
  });
  const counts = g.count("counts", source, (n) => {
    if (n < 0) throw new RangeError("negative");
    return ["all"];
  });
  source.set("a", 1);
  source.set("b", 2);
  source.set("c", 101);
  g.commit();
  assert.deepEqual(values(groups), { small: [2, 1], big: [101] });
  source.set("a", -1);
  source.set("b", 3);
  g.commit();
  assert.deepEqual(values(groups), { small: [3, 1], big: [101] });
  assert.deepEqual(values(split("all")), { a: 1, b: 3, c: 101 });
  assert.deepEqual(values(counts), { all: 3 });
  assert.deepEqual([...g.diagnostics.keys()].sort(), ["counts\u0000a", "groups\u0000a", "split\u0000a"]);
  source.set("a", 4);
  source.set("d", 13);
  g.commit();
  assert.deepEqual(values(groups), { small: [4, 3, 13], big: [101] }, "by key while they cannot be compared");
  assert.deepEqual([...g.diagnostics.keys()], ["groups\u0000small\u0000order"]);
  source.set("d", 5);
  g.commit();
  assert.deepEqual(values(groups), { small: [5, 4, 3], big: [101] });
  assert.equal(g.diagnostics.size, 0);
});

test("a member for which `by` throws when it comes is put in its place once that is known", () => {
  const g = openGraph({ strict: false, originOf: () => undefined });
  const source = g.source<number>("numbers");
  const sign = (n: number): string => {
    if (n === 0) throw new RangeError("zero");
    return n < 0 ? "less" : "more";
  };
  const groups = g.group(
    "groups",
    source,
    (n) => [sign(n)],
    () => 0,
  );
  const split = g.split("split", source, sign);
  const counts = g.count("counts", source, (n) => [sign(n)]);
  source.set("a", 0);
  source.set("b", 1);
  g.commit();
  assert.deepEqual([values(groups), values(split("more")), values(counts)], [{ more: [1] }, { b: 1 }, { more: 1 }]);
  source.set("a", -2);
  source.set("b", 0);
  g.commit();
  assert.deepEqual(values(groups), { less: [-2], more: [1] });
  assert.deepEqual([values(split("less")), values(split("more"))], [{ a: -2 }, { b: 1 }]);
  assert.deepEqual(values(counts), { less: 1, more: 1 });
  assert.deepEqual(g.inspect("counts", "more")?.inputs, [{ collection: "numbers", key: "b" }]);
  source.delete("b");
  g.commit();
  assert.deepEqual([values(groups), values(split("more")), values(counts)], [{ less: [-2] }, {}, { less: 1 }]);
  assert.equal(g.diagnostics.size, 0);
});

test("an order that contradicts itself loses no member and keeps none", () => {
  const g = openGraph();
  const source = g.source<number>("numbers");
  const groups = g.group(
    "groups",
    source,
    () => ["all"],
    () => 1,
  );
  for (const n of [1, 2, 3, 4, 5]) {
    source.set(`k${n}`, n);
    g.commit();
  }
  for (const n of [2, 4, 1]) {
    source.delete(`k${n}`);
    g.commit();
  }
  assert.deepEqual(groups.get("all")?.toSorted(), [3, 5]);
});

test("an origin that cannot be told is the node itself", () => {
  const broken = (): Origin => {
    throw new Error("no origin");
  };
  const declare = (strict: boolean) => {
    const g = openGraph({ strict, originOf: broken });
    const source = g.source<number>("numbers");
    g.map("fail", source, () => {
      throw new Error("failed");
    });
    source.set("a", 1);
    return g;
  };
  const g = declare(false);
  g.commit();
  assert.equal(g.diagnostics.get("fail\u0000a")?.[0]?.at.ref.name, "fail");
  assert.throws(() => declare(true).commit(), /originOf failed/);
});

test("only what is declared before may be read, and only during a run", () => {
  const g = openGraph({ strict: false });
  const source = g.source<number>("source");
  const other = openGraph().source<number>("other");
  const all: Collection<unknown>[] = [];
  let escaped: Reads | undefined;
  const early = g.map("early", source, (n, reads) => {
    escaped = reads;
    const from = all[n];
    return { out: from === undefined ? [] : [["", reads.get(from, "")]] };
  });
  all.push(early, g.source("later"), other, g.diagnostics, source);
  all.forEach((_, i) => {
    source.set(`k${i}`, i);
  });
  g.commit();
  const refused = [...g.diagnostics.keys()].map((key) => key.split("\u0000")[1]).sort();
  assert.deepEqual(refused, ["k0", "k1", "k2", "k3"]);
  assert.throws(() => escaped?.get(source, "a"), /only read while it runs/);
});

test("a graph cannot be changed from inside, or be declared wrongly", () => {
  const g = openGraph({ strict: false });
  const source = g.source<number>("source");
  const tricks = [() => g.commit(), () => source.set("x", 1), () => source.delete("x"), () => g.source("inside")];
  g.map("tricks", source, (n) => {
    tricks[n]?.();
    return { out: [] };
  });
  tricks.forEach((_, i) => {
    source.set(`k${i}`, i);
  });
  g.commit();
  assert.equal(g.diagnostics.size, tricks.length);
  assert.throws(() => g.source("source"), /declared twice/);
  assert.throws(() => g.union("union", g.diagnostics), /no input of this graph/);
  assert.throws(() => g.union("foreign", openGraph().source("s")), /no input of this graph/);
});
