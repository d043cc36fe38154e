/**
 * When the compiler works: edits are committed as soon as the inbox has drained, or when the oldest is 50 ms old; a
 * long commit is done in slices, so that timers, streams and probes are answered in between.
 */
import type { CommitResult, Compiler, CompilerEdit, ResourceChange } from "#compiler";
import { beginLap, type Lap, type Timings } from "../report/timings.ts";
import type { Reached } from "./release.ts";

/** What a schedule does with results. */
export interface ScheduleOptions {
  readonly compiler: Compiler;
  /** Edits are about to be applied; more may be added to go with them. */
  prepare(edits: readonly CompilerEdit[]): readonly CompilerEdit[];
  /** What a commit has changed, and how far it is. Gives the number that stands for what is served. */
  release(changes: readonly ResourceChange[], reached: Reached): number;
  /** Edits are compiled. Gives the files that the configuration names and the compiler does not have yet. */
  files(): readonly CompilerEdit[];
  /** Nothing more can be given at once. What is still on its way: resolves when there is news of it. */
  missing(): Promise<void> | undefined;
  /** Everything up to here is compiled. Gives edits that follow from that. */
  settle(diagnosticsChanged: boolean): readonly CompilerEdit[];
  readonly timings: Timings;
}

/** The compiler's inbox. */
export interface Schedule {
  /** Resolves with the number of the change set that holds the edits' effect. */
  push(edits: readonly CompilerEdit[]): Promise<number>;
  /** Resolves when nothing waits to be compiled, with the number of the last change set. */
  idle(): Promise<number>;
}

const oldestEditMs = 50;
/** Short, because whatever brings edits may have to wait for several: each step of reading a file is one. */
const sliceMs = 5;

/** Opens the inbox. */
export function openSchedule(options: ScheduleOptions): Schedule {
  const { compiler } = options;
  let inbox: CompilerEdit[] = [];
  let waiting: ((number: number) => void)[] = [];
  let oldest = 0;
  let arrived = 0;
  let running = false;
  let number = 0;
  /** Goes on, where everything that can be done waits for what is on its way. */
  let wake: (() => void) | undefined;

  function push(edits: readonly CompilerEdit[]): Promise<number> {
    if (inbox.length === 0) oldest = performance.now();
    for (const edit of edits) inbox.push(edit);
    arrived++;
    wake?.();
    return wait();
  }

  function wait(): Promise<number> {
    const done = new Promise<number>((resolve) => waiting.push(resolve));
    if (!running) {
      running = true;
      drain(arrived);
    }
    return done;
  }

  /** Lets whatever is about to arrive arrive: an idle turn of the event loop means that nothing is. */
  function drain(seen: number): void {
    setImmediate(() => {
      const more = arrived !== seen;
      if (more && performance.now() - oldest < oldestEditMs) drain(arrived);
      else begin();
    });
  }

  function begin(): void {
    const resolve = waiting;
    waiting = [];
    const lap = beginLap(options.timings, inbox.length === 0 ? performance.now() : oldest);
    apply(lap);
    slice(false, resolve, lap);
  }

  function apply(lap: Lap): void {
    if (inbox.length === 0) return;
    const edits = inbox;
    inbox = [];
    lap.run("apply", () => compiler.apply(options.prepare(edits)));
  }

  /** Goes on when what is on its way has arrived, or any other edits have. */
  function hold(missing: Promise<void>, goOn: () => void): void {
    const once = (): void => {
      if (wake !== once) return;
      wake = undefined;
      setImmediate(goOn);
    };
    wake = once;
    if (inbox.length > 0) once();
    else void missing.then(once);
  }

  /** Compiles, and releases what may be. Nothing is complete that names what is not there yet. */
  function step(until: number, lap: Lap) {
    const result: CommitResult = lap.run("compile", () => compiler.commit(() => performance.now() < until));
    const files = result.done || result.overtook ? options.files() : [];
    const isCompiled = files.length === 0 && (result.done || result.overtook);
    const missing = isCompiled ? options.missing() : undefined;
    const far: Reached = result.done ? "end" : result.overtook ? "overtook" : "part";
    const reached = files.length > 0 || missing ? "part" : far;
    number = lap.run("release", () => options.release(result.resources, reached));
    const held = result.done ? missing : undefined;
    return { reached, files, held, diagnosticsChanged: result.diagnosticsChanged };
  }

  function slice(diagnosticsChanged: boolean, resolve: ((number: number) => void)[], lap: Lap): void {
    const until = performance.now() + sliceMs;
    const first = step(until, lap);
    // What was overtaken goes on at once, or it would wait for as long as there are edits.
    const { reached, files, held, ...last } = first.reached === "overtook" ? step(until, lap) : first;
    const changed = diagnosticsChanged || first.diagnosticsChanged || last.diagnosticsChanged;
    if (reached !== "end") {
      const goOn = (): void => {
        // Edits that arrive meanwhile go through the same commit.
        resolve.push(...waiting.splice(0));
        apply(lap);
        if (files.length > 0) compiler.apply(files);
        slice(changed, resolve, lap);
      };
      if (held) hold(held, goOn);
      else setImmediate(goOn);
      return;
    }
    const follow = options.settle(changed);
    if (follow.length > 0) {
      compiler.apply(follow);
      setImmediate(() => slice(false, resolve, lap));
      return;
    }
    lap.end();
    for (const one of resolve) one(number);
    if (inbox.length > 0 || waiting.length > 0) drain(arrived);
    else running = false;
  }

  return { push, idle: wait };
}
