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

type Told = (number: number) => void;

/** What waits, and what has been done. */
interface ScheduleState {
  readonly options: ScheduleOptions;
  inbox: CompilerEdit[];
  /** Who is told when everything that is in the inbox now has been compiled. */
  waiting: Told[];
  /** When the first edit of the inbox came. */
  oldest: number;
  /** How often edits have come. */
  arrived: number;
  /** An update is under way, or about to begin. */
  running: boolean;
  /** Of the last change set. */
  number: number;
  /** Goes on, where everything that can be done waits for what is on its way. */
  wake: (() => void) | undefined;
}

/** What is compiled as one: a batch of edits, with those that come meanwhile and those that follow from it. */
interface Update {
  readonly told: Told[];
  readonly lap: Lap;
  diagnosticsChanged: boolean;
}

/** Opens the inbox. */
export function openSchedule(options: ScheduleOptions): Schedule {
  const state: ScheduleState = {
    options,
    inbox: [],
    waiting: [],
    oldest: 0,
    arrived: 0,
    running: false,
    number: 0,
    wake: undefined,
  };
  return {
    push(edits) {
      if (state.inbox.length === 0) state.oldest = performance.now();
      for (const edit of edits) state.inbox.push(edit);
      state.arrived++;
      state.wake?.();
      return whenCompiled(state);
    },
    idle: () => whenCompiled(state),
  };
}

function whenCompiled(state: ScheduleState): Promise<number> {
  const compiled = new Promise<number>((resolve) => state.waiting.push(resolve));
  if (!state.running) {
    state.running = true;
    drain(state);
  }
  return compiled;
}

/** Lets whatever is about to arrive arrive: an idle turn of the event loop means that nothing is. */
function drain(state: ScheduleState): void {
  const seen = state.arrived;
  setImmediate(() => {
    const isMore = state.arrived !== seen;
    if (isMore && performance.now() - state.oldest < oldestEditMs) drain(state);
    else begin(state);
  });
}

function begin(state: ScheduleState): void {
  const since = state.inbox.length === 0 ? performance.now() : state.oldest;
  const lap = beginLap(state.options.timings, since);
  const update = { told: state.waiting.splice(0), lap, diagnosticsChanged: false };
  apply(state, update);
  slice(state, update);
}

/** Takes what is in the inbox into the compiler. */
function apply(state: ScheduleState, { lap }: Update): void {
  const { options, inbox } = state;
  if (inbox.length === 0) return;
  state.inbox = [];
  lap.run("apply", () => options.compiler.apply(options.prepare(inbox)));
}

/** Works for as long as a slice lasts, and goes on later with what is left. */
function slice(state: ScheduleState, update: Update): void {
  const until = performance.now() + sliceMs;
  let last = compile(state, update, until);
  // What was overtaken goes on at once, or it would wait for as long as there are edits.
  if (last.reached === "overtook") last = compile(state, update, until);
  const { reached, files, missing } = last;
  const goOn = (): void => {
    // Edits that arrive meanwhile go through the same commit.
    update.told.push(...state.waiting.splice(0));
    apply(state, update);
    if (files.length > 0) state.options.compiler.apply(files);
    slice(state, update);
  };
  if (reached === "end") settle(state, update);
  else if (missing) hold(state, missing, goOn);
  else setImmediate(goOn);
}

/** Compiles, and releases what may be. Nothing is complete that names what is not there yet. */
function compile(state: ScheduleState, update: Update, until: number) {
  const { options } = state;
  const result: CommitResult = update.lap.run("compile", () =>
    options.compiler.commit(() => performance.now() < until),
  );
  update.diagnosticsChanged ||= result.diagnosticsChanged;
  const files = result.done || result.overtook ? options.files() : [];
  const isCompiled = files.length === 0 && (result.done || result.overtook);
  const missing = isCompiled ? options.missing() : undefined;
  const far: Reached = result.done ? "end" : result.overtook ? "overtook" : "part";
  const reached = files.length > 0 || missing ? "part" : far;
  state.number = update.lap.run("release", () => options.release(result.resources, reached));
  return { reached, files, missing: result.done ? missing : undefined };
}

/** Goes on when what is on its way has arrived, or any other edits have. */
function hold(state: ScheduleState, missing: Promise<void>, goOn: () => void): void {
  const once = (): void => {
    if (state.wake !== once) return;
    state.wake = undefined;
    setImmediate(goOn);
  };
  state.wake = once;
  if (state.inbox.length > 0) once();
  else void missing.then(once);
}

/** Everything is compiled: goes on with what follows from that, or tells those who wait. */
function settle(state: ScheduleState, update: Update): void {
  const follow = state.options.settle(update.diagnosticsChanged);
  update.diagnosticsChanged = false;
  if (follow.length > 0) {
    state.options.compiler.apply(follow);
    setImmediate(() => slice(state, update));
    return;
  }
  update.lap.end();
  for (const tell of update.told) tell(state.number);
  if (state.inbox.length > 0 || state.waiting.length > 0) drain(state);
  else state.running = false;
}
