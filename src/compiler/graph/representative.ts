/**
 * Support for tests: one graph that uses everything a graph can do, and ways to look at all of it.
 * Its functions are pure; `runs` only counts, and belongs to the tests.
 */
import { diagnose } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import { Edge } from "./edge.ts";
import { type Collection, type Derived, type Graph, openGraph, type Reads, type Source } from "./index.ts";

/** The only kind of input object; small enough that random edits often collide. */
export interface Item {
  readonly host: string;
  readonly weight: number;
  /** Keys of `limits` that it reads. */
  readonly needs: readonly string[];
  /** How many outputs it has. */
  readonly copies: number;
  /** An output key that others may claim, too. */
  readonly claim?: string;
}

interface Lowered {
  readonly host: string;
  readonly order: number;
  readonly sees: readonly unknown[];
}

/** A declared graph with handles to its sources and all of its collections. */
export interface Representative {
  readonly graph: Graph;
  readonly items: Source<Item>;
  readonly limits: Source<number>;
  readonly globals: Source<{ readonly unit: number }>;
  readonly extra: Source<Item>;
  readonly collections: readonly Collection<unknown>[];
  /** Runs of functions since it was last cleared, by node and input key. */
  readonly runs: Map<string, number>;
}

/** The weight at which the node `fragile` throws. */
export const fatalWeight = 3;

function originOf(item: unknown): Origin {
  const name = JSON.stringify(item);
  return { ref: { group: "", kind: "Item", namespace: "", name }, path: "" };
}

function lower(item: Item, reads: Reads, key: string, from: Handles): Derived<Lowered> {
  const unit = reads.get(from.unit, "") ?? 1;
  const limits = item.needs.map((need) => reads.get(from.limits, need) ?? "unlimited");
  const peers = reads.lookup(from.byHost, item.host).map((peer) => peer.weight);
  const sees = [...limits, peers, reads.has(from.limits, item.host)];
  const value = { host: item.host, order: item.weight * unit, sees };
  const own = Array.from({ length: item.copies }, (_, i) => [`${key}#${i}`, { ...value, copy: i }] as const);
  const at = originOf(item);
  return {
    out: item.claim === undefined ? own : [...own, [item.claim, value]],
    diagnostics: item.copies === 0 ? [diagnose("internal/bug", at, `${key} has no copies for ${peers.length}`)] : [],
  };
}

type Handles = ReturnType<typeof declareInputs>;

function declareInputs(graph: Graph, ran: (node: string, key: string) => void) {
  const items = graph.source<Item>("items");
  const limits = graph.source<number>("limits");
  const globals = graph.source<{ readonly unit: number }>("globals");
  const extra = graph.source<Item>("extra");
  const unit = graph.value("unit", (reads) => {
    ran("unit", "");
    return { out: [["", reads.get(globals, "")?.unit ?? 1]] };
  });
  const admitted = graph.map("admit", items, (item, _, key) => {
    ran("admit", key);
    return { out: item.weight < 0 ? [] : [[key, { ...item, weight: item.weight >> 1 }]] };
  });
  const byHost = graph.index("by host", admitted, (item) => [item.host, "any"]);
  return { items, limits, globals, extra, unit, admitted, byHost };
}

/** Declares the graph; `strict` false, so that duplicates and failures become diagnostics. */
export function declareRepresentative(): Representative {
  const graph = openGraph({ strict: false, originOf });
  const runs = new Map<string, number>();
  const ran = (node: string, key: string): void => {
    runs.set(`${node} ${key}`, (runs.get(`${node} ${key}`) ?? 0) + 1);
  };
  const inputs = declareInputs(graph, ran);
  const { items, limits, globals, extra, unit, admitted, byHost } = inputs;
  const lowered = graph.map("lower", admitted, (item, reads, key) => {
    ran("lower", key);
    return lower(item, reads, key, inputs);
  });
  const fragile = graph.map("fragile", admitted, (item, reads, key) => {
    ran("fragile", key);
    const limit = reads.get(limits, item.host);
    if (item.weight === fatalWeight) throw new TypeError("too heavy");
    return { out: [[key, { limit, weight: item.weight }]] };
  });
  const groupsOf = (l: Lowered, key: string) => [l.host, key.slice(0, 2), l.host];
  const rivals = graph.group("rivals", lowered, groupsOf, (a, b) => a.order - b.order);
  const counted = graph.map("counted", graph.count("numbers of rivals", lowered, groupsOf), (count, _, key) => {
    ran("counted", key);
    return { out: count % 2 === 0 ? [[key, count]] : [] };
  });
  const merged = graph.map("merge", rivals, (members, _, key) => {
    ran("merge", key);
    return { out: [[key, members.reduce((sum, member) => sum + member.order, 0)]] };
  });
  const part = graph.split("kinds", admitted, (item) => ["even", "odd", "other"][item.weight % 3] ?? "");
  const both = graph.union("both", part("even"), extra, part("odd"));
  const named = graph.map("name", both, (item, reads, key) => {
    ran("name", key);
    return { out: [[item.host, { by: key, sum: reads.get(merged, item.host) }]] };
  });
  const summary = graph.value("summary", (reads) => {
    ran("summary", "");
    const any = reads.lookup(byHost, "any").length;
    const out: [string, unknown][] = [["any", any]];
    if (reads.has(named, "a")) out.push(["a", reads.get(named, "a")?.sum]);
    return { out, diagnostics: any > 2 ? [diagnose("internal/bug", originOf(null), "crowded")] : [] };
  });
  const collections = [items, limits, globals, extra, unit, admitted, lowered, fragile, rivals, counted, merged];
  const all = [...collections, part("even"), part("odd"), both, named, summary, graph.diagnostics];
  return { graph, items, limits, globals, extra, collections: all, runs };
}

/** The contents of a collection, for comparing. */
export function contents<T>(collection: Collection<T>): Map<string, T> {
  return new Map([...collection.entries()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * How many entries all maps, sets and arrays hold that can be reached from a value: grows with every leak. Edges are
 * not counted, only what they hold: there is one per node and collection, once something was read.
 */
export function footprint(root: unknown): number {
  const seen = new Set<unknown>();
  const waiting = [root];
  let entries = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const held = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
    const counts = value instanceof Map || value instanceof Set || Array.isArray(value);
    if (counts) entries += held.filter((one) => !(one instanceof Edge)).length;
    waiting.push(...held);
  }
  return entries;
}
