/**
 * Compiles one shape in a process of its own and prints what it took as JSON: `node --expose-gc compile-once.ts SHAPE
 * EDITS`. The process begins with the parsed objects and nothing compiled, so the first compilation is a cold one.
 */
import { readFileSync } from "node:fs";
import { type CompilerEdit, openCompiler } from "#compiler";
import { optimizeEarly } from "../../src/cli/optimize-early.ts";
import { generate, mapping, mappingKey, type Shape } from "./generate.ts";
import { numbers } from "./random.ts";

/** What one process measured. Times in ms, sizes in bytes. */
export interface Measured {
  readonly cold: number;
  /** Processor time of the compiling thread: what it would take, nearly, if nothing else ran on the machine. */
  readonly coldProcessor: number;
  readonly edits: readonly number[];
  /** Those of them during which the kernel did not give the processor to another process. */
  readonly undisturbed: readonly number[];
  readonly allocated: readonly number[];
  readonly rssAtRest: number;
  readonly rssPeak: number;
  /** What the compiler keeps of the configuration, the objects included, after a collection. */
  readonly retained: number;
}

if (import.meta.main)
  console.log(JSON.stringify(measure(JSON.parse(process.argv[2] ?? "") as Shape, Number(process.argv[3]))));

function measure(shape: Shape, count: number): Measured {
  optimizeEarly();
  collectGarbage();
  const empty = held();
  const objects: CompilerEdit[] = generate(shape).map(([key, value]) => ({ kind: "object", key, value }));
  const compiler = openCompiler();
  collectGarbage();
  const cold = timed(() => {
    compiler.apply(objects);
    compiler.commit();
  });
  const rssPeak = process.memoryUsage.rss();
  objects.length = 0;
  collectGarbage();
  const rssAtRest = process.memoryUsage.rss();
  const retained = held() - empty;
  const edits = editAtRandom(shape, count, (edit) => {
    compiler.apply([edit]);
    compiler.commit();
  });
  return { cold: cold.time, coldProcessor: cold.processor, ...edits, rssAtRest, rssPeak, retained };
}

function editAtRandom(shape: Shape, count: number, take: (edit: CompilerEdit) => void) {
  const random = numbers(1);
  const edits: number[] = [];
  const undisturbed: number[] = [];
  const allocated: number[] = [];
  for (let edit = 1; edit <= count; edit++) {
    const i = random(shape.mappings);
    const change: CompilerEdit = { kind: "object", key: mappingKey(i), value: mapping(shape, i, edit) };
    const switches = switchesSoFar();
    const before = process.memoryUsage().heapUsed;
    const { time } = timed(() => take(change));
    edits.push(time);
    const more = process.memoryUsage().heapUsed - before;
    // A collection in between makes the difference meaningless.
    if (more > 0) allocated.push(more);
    if (switchesSoFar() === switches) undisturbed.push(time);
  }
  return { edits, undisturbed, allocated };
}

/** How often the kernel took the processor away from this thread. */
function switchesSoFar(): string | undefined {
  return /nonvoluntary_ctxt_switches:\s*(\d+)/.exec(readFileSync("/proc/thread-self/status", "utf8"))?.[1];
}

/** The heap and what is outside of it, buffers above all. */
function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collectGarbage(): void {
  // The first one finds what the second one can free.
  for (let i = 0; i < 2; i++) globalThis.gc?.();
}

interface Timed {
  readonly time: number;
  /** Counted in ticks of some milliseconds: good for long work only. */
  readonly processor: number;
}

function timed(run: () => void): Timed {
  const processor = process.threadCpuUsage();
  const start = performance.now();
  run();
  const time = performance.now() - start;
  const { user, system } = process.threadCpuUsage(processor);
  return { time, processor: (user + system) / 1000 };
}
