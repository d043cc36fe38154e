/** Opens a graph: every declaration makes one node, and the order of declarations is the order of work. */
import type { Diagnostic } from "#base/diagnostic.ts";
import { takeChanges, work } from "./commit.ts";
import { CountNode } from "./count.ts";
import type { Changes, Collection, Derived, Graph, GraphOptions, Index, Inspection, Reads, Source } from "./graph.ts";
import { GroupNode } from "./group.ts";
import { IndexOf } from "./index-of.ts";
import { MapNode } from "./map.ts";
import type { Node, NodePlace, Woken } from "./node.ts";
import { Report } from "./report.ts";
import { SourceCollection } from "./source.ts";
import { SplitNode } from "./split.ts";
import { type CommitState, Stored } from "./stored.ts";
import { UnionNode } from "./union.ts";

/** Opens an empty graph. */
export function openGraph(options: GraphOptions = {}): Graph {
  return new OpenGraph(options);
}

class OpenGraph implements Graph {
  readonly diagnostics: Stored<readonly Diagnostic[]>;
  private readonly strict: boolean;
  private readonly state: CommitState = {
    number: 0,
    first: true,
    running: false,
    interrupted: false,
    moved: false,
    touched: new Set(),
  };
  private readonly report: Report;
  private readonly sources: SourceCollection<unknown>[] = [];
  private readonly nodes: Node[] = [];
  private readonly woken: Woken = [];
  private readonly inspectors = new Map<string, Pick<Node, "inspect">>();
  private readonly once: Stored<null>;

  constructor(options: GraphOptions) {
    this.strict = options.strict ?? true;
    // No node comes after the diagnostics, so that none can read them.
    this.diagnostics = new Stored({ name: "diagnostics", order: Number.POSITIVE_INFINITY, state: this.state });
    this.report = new Report(this.diagnostics, options.originOf);
    this.once = new Stored({ name: "once", order: -1, state: this.state });
    this.once.put("", null);
  }

  source<T>(name: string): Source<T> {
    const source = new SourceCollection<T>(this.place(name));
    this.sources.push(source);
    this.inspectors.set(name, source);
    return source;
  }

  map<I, O>(name: string, over: Collection<I>, fn: (item: I, reads: Reads, key: string) => Derived<O>): Collection<O> {
    return this.add(new MapNode<I, O>(this.place(name), { kind: "map", over: this.input(name, over), fn })).out;
  }

  value<O>(name: string, fn: (reads: Reads) => Derived<O>): Collection<O> {
    const run = (_: null, reads: Reads): Derived<O> => fn(reads);
    return this.add(new MapNode<null, O>(this.place(name), { kind: "value", over: this.once, fn: run })).out;
  }

  group<I>(
    name: string,
    over: Collection<I>,
    by: (item: I, key: string) => readonly string[],
    order: (a: I, b: I) => number,
  ): Collection<readonly I[]> {
    const spec = { kind: "group", over: this.input(name, over), by, order } as const;
    return this.add(new GroupNode<I>(this.place(name), spec)).out;
  }

  count<I>(name: string, over: Collection<I>, by: (item: I, key: string) => readonly string[]): Collection<number> {
    return this.add(new CountNode<I>(this.place(name), { over: this.input(name, over), by })).out;
  }

  index<T>(name: string, of: Collection<T>, values: (item: T, key: string) => readonly string[]): Index<T> {
    const index = new IndexOf<T>(this.place(name), this.input(name, of), values);
    this.add(index.node);
    return index;
  }

  union<T>(name: string, ...parts: readonly Collection<T>[]): Collection<T> {
    const inputs = parts.map((part) => this.input(name, part));
    return this.add(new UnionNode<T>(this.place(name), inputs)).out;
  }

  wanted(of: Collection<unknown>): ReadonlySet<string> {
    return this.input("wanted", of).wanted();
  }

  split<I>(name: string, over: Collection<I>, by: (item: I) => string): (part: string) => Collection<I> {
    const node = this.add(new SplitNode<I>(this.place(name), { over: this.input(name, over), by }));
    return (part) => node.part(part);
  }

  commit(mayContinue?: () => boolean): Changes {
    if (this.state.running) throw new Error("a commit is going on already");
    const reached = work(this.state, this.sources, this.nodes, this.woken, mayContinue);
    this.diagnostics.flush();
    const changes = takeChanges(this.state, reached, this.diagnostics);
    const failures = changes.done ? this.report.takeFailures() : [];
    if (this.strict && failures.length > 0)
      throw new AggregateError(failures, failures.map((failure) => failure.message).join("; "));
    return changes;
  }

  inspect(collection: string, key: string): Inspection | undefined {
    return this.inspectorOf(collection)?.inspect(collection, key);
  }

  private place(name: string): NodePlace {
    if (this.state.running) throw new Error(`${name} is declared during a commit`);
    if (this.inspectors.has(name)) throw new Error(`${name} is declared twice`);
    return { name, order: this.inspectors.size, state: this.state, report: this.report, woken: this.woken };
  }

  private add<N extends Node>(node: N): N {
    this.nodes.push(node);
    this.inspectors.set(node.name, node);
    return node;
  }

  private input<T>(name: string, over: Collection<T>): Stored<T> {
    if (over instanceof Stored && over.state === this.state && over !== this.diagnostics) return over;
    throw new Error(`${name} is declared over ${over.name}, which is no input of this graph`);
  }

  private inspectorOf(collection: string): Pick<Node, "inspect"> | undefined {
    const isPart = (node: Node): boolean => node instanceof SplitNode && node.partNamed(collection) !== undefined;
    return this.inspectors.get(collection) ?? this.nodes.find(isPart);
  }
}
