/**
 * What the graph itself costs: 10,000 items through five chained maps, two groups and an index, cold and one edit at a
 * time. Records figures; asserts nothing. Run with `make bench CASE=graph`.
 */
import { openGraph } from "../../src/compiler/graph/index.ts";
import { printHead, recordSamples } from "./figures.ts";

interface Item {
  readonly host: string;
  readonly weight: number;
  readonly prefix: string;
}

const count = 10_000;
const hosts = 200;

function item(i: number, weight: number): Item {
  return { host: `host-${i % hosts}.example`, weight, prefix: `/service/${i}/` };
}

function declare() {
  const g = openGraph();
  const items = g.source<Item>("items");
  const settings = g.source<{ readonly timeoutMs: number }>("settings");
  const byHost = g.index("items by host", items, (i) => [i.host]);
  const admitted = g.map("admit", items, (i, _, key) => ({ out: [[key, { ...i, weight: i.weight * 2 }]] }));
  const lowered = g.map("lower", admitted, (i, reads, key) => {
    const timeoutMs = reads.get(settings, "")?.timeoutMs ?? 3000;
    return { out: [[key, { ...i, timeoutMs }]] };
  });
  const linked = g.map("link", lowered, (i, reads, key) => {
    const exists = reads.has(items, key);
    return { out: [[`route/${key}`, { ...i, exists }]] };
  });
  const rivals = g.group(
    "rivals",
    linked,
    (i) => [`${i.host}${i.prefix}`],
    (a, b) => a.weight - b.weight,
  );
  const merged = g.map("merge", rivals, (members, reads, key) => {
    const [first] = members;
    if (first === undefined) return { out: [] };
    const neighbour = reads.get(admitted, `item-${first.weight % count}`)?.weight ?? 0;
    return { out: [[key, { host: first.host, prefix: first.prefix, weight: first.weight, neighbour }]] };
  });
  const emitted = g.map("emit", merged, (m, _, key) => ({ out: [[key, { host: m.host, text: JSON.stringify(m) }]] }));
  const perHost = g.group(
    "routes of host",
    emitted,
    (e) => [e.host],
    (a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
  );
  const vhosts = g.map("virtual hosts", perHost, (routes, _, key) => ({ out: [[key, routes.length]] }));
  const services = g.value("hosts", (reads) => ({ out: [["", reads.lookup(byHost, "host-0.example").length]] }));
  return { g, items, settings, vhosts, services };
}

function fill(graph: ReturnType<typeof declare>): void {
  graph.settings.set("", { timeoutMs: 3000 });
  for (let i = 0; i < count; i++) graph.items.set(`item-${i}`, item(i, i));
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function report(name: string, samples: readonly number[]): void {
  recordSamples(`graph alone, ${name}`, count, "ms", samples);
}

function cold(): number {
  const graph = declare();
  fill(graph);
  return timed(() => graph.g.commit());
}

function edits(graph: ReturnType<typeof declare>, edit: (i: number) => void, times: number): number[] {
  return Array.from({ length: times }, (_, i) => {
    edit(i);
    return timed(() => graph.g.commit());
  });
}

printHead();
report("cold, first in the process", [cold()]);
report(
  "cold",
  Array.from({ length: 15 }, () => cold()),
);

globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const graph = declare();
fill(graph);
graph.g.commit();
globalThis.gc?.();
const perItem = (process.memoryUsage().heapUsed - heapBefore) / count;
recordSamples("graph alone, heap per item, items included", count, "KiB", [perItem / 1024]);

const pick = (i: number): number => (i * 7919) % count;
report(
  "one edit",
  edits(graph, (i) => graph.items.set(`item-${pick(i)}`, item(pick(i), pick(i) + i)), 2000),
);
report(
  "one edit that changes nothing",
  edits(graph, (i) => graph.items.set(`item-${i}`, graph.items.get(`item-${i}`) ?? item(i, i)), 2000),
);
report(
  "one deletion or addition",
  edits(
    graph,
    (i) => (i % 2 === 0 ? graph.items.delete(`item-${pick(i)}`) : graph.items.set(`item-${pick(i - 1)}`, item(1, i))),
    2000,
  ),
);
report(
  "a default that everything reads",
  edits(graph, (i) => graph.settings.set("", { timeoutMs: i }), 10),
);
