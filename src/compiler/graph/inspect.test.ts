/** Seeing inside: what a graph tells about one key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGraph } from "./index.ts";

test("every kind of key tells what it is made from, what it read, and when it changed", () => {
  const g = openGraph({ strict: false });
  const items = g.source<{ readonly host: string; readonly n: number }>("items");
  const limits = g.source<number>("limits");
  const byHost = g.index("by host", items, (item) => [item.host]);
  const lowered = g.map("lower", items, (item, reads, key) => {
    if (item.n < 0) throw new Error("negative");
    const [limit, any] = [reads.get(limits, item.host), reads.has(limits, "any")];
    const peers = reads.lookup(byHost, item.host).length;
    return { out: [0, 1].map((i) => [`${key}/${i}`, { ...item, limit, any, peers }] as const) };
  });
  const groups = g.group(
    "groups",
    lowered,
    (item) => [item.host],
    (a, b) => a.n - b.n,
  );
  g.count("counts", lowered, (item) => [item.host]);
  const part = g.split("parts", items, (item) => item.host);
  const union = g.union("union", part("shop"), part("bank"));
  const total = g.value("total", (reads) => ({ out: [["", reads.get(groups, "shop")?.length]] }));
  items.set("a", { host: "shop", n: 1 });
  items.set("b", { host: "shop", n: 2 });
  g.commit();
  limits.set("shop", 5);
  g.commit();
  const outputs = [0, 1].map((i) => ({ collection: "lower", key: `a/${i}` }));
  assert.deepEqual(g.inspect("lower", "a/0"), {
    collection: "lower",
    key: "a/0",
    kind: "map",
    value: { host: "shop", n: 1, limit: 5, any: false, peers: 2 },
    inputs: [{ collection: "items", key: "a" }],
    reads: [
      { collection: "limits", key: "shop", how: "get" },
      { collection: "limits", key: "any", how: "has" },
      { collection: "by host", key: "shop", how: "lookup" },
    ],
    outputs,
    diagnostics: [],
    commit: 2,
  });
  assert.deepEqual(g.inspect("lower", "a")?.outputs, outputs, "an input key that is no output key");
  const inputs = (collection: string, key: string) => g.inspect(collection, key)?.inputs.map((i) => i.key);
  assert.deepEqual(inputs("groups", "shop"), ["a/0", "a/1", "b/0", "b/1"]);
  assert.deepEqual(inputs("counts", "shop"), ["a/0", "a/1", "b/0", "b/1"]);
  assert.deepEqual(inputs("by host", "shop"), ["a", "b"]);
  assert.deepEqual(inputs("union", "a"), ["a"]);
  assert.deepEqual(inputs("parts/shop", "b"), ["b"]);
  assert.equal(g.inspect("items", "a")?.commit, 1);
  assert.equal(g.inspect("groups", "shop")?.commit, 2);
  assert.deepEqual(g.inspect("total", "")?.reads, [{ collection: "groups", key: "shop", how: "get" }]);
  assert.deepEqual([union.size, total.size], [2, 1]);
  items.set("a", { host: "shop", n: -1 });
  g.commit();
  assert.equal(g.inspect("lower", "a/1")?.diagnostics[0]?.code, "internal/bug");
  const unknown = [
    ["lower", "zzz"],
    ["items", "zzz"],
    ["groups", "zzz"],
    ["counts", "zzz"],
    ["union", "zzz"],
    ["parts/no", "a"],
    ["no", "a"],
  ];
  for (const [collection = "", key = ""] of unknown) assert.equal(g.inspect(collection, key), undefined);
});
