/**
 * Finds the objects behind a resource that Envoy refused and has the compiler leave their current content out, so
 * that the last good version, or nothing, is served in its place while everything else goes on. Refusals are searched
 * one after the other, because each trial changes what Envoy has.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { Compiler, CompilerEdit, Refusal } from "#compiler";
import type { Refused } from "../xds/refusal.ts";
import type { RecentChange } from "./last-good.ts";
import { forgetChanged, forgetGone, type LeftOut } from "./left-out.ts";
import { isolate, type Trials } from "./search.ts";

/** What quarantine works with. */
export interface QuarantineOptions extends Trials {
  readonly compiler: Compiler;
  readonly log: Log;
  /** Objects that changed lately: the first suspects. */
  readonly recent: ReadonlyMap<string, RecentChange>;
  readonly initial: Iterable<readonly [string, Refusal]>;
  /** The search is over, and what is left out is what is to blame. */
  onFound(): void;
}

/** The objects that are left out. */
export interface Quarantine {
  /** Envoy refused a resource. Refusals are dealt with one after the other. */
  report(refused: Refused): void;
  /** Refusals of objects that these edits change say nothing any more. */
  release(edits: readonly CompilerEdit[]): CompilerEdit[];
  /** Refusals of objects that are gone, likewise. */
  forgetGone(): CompilerEdit[];
  /** Whether the objects behind some refusal are being looked for. */
  readonly busy: boolean;
  /** Resolves when no search is under way. */
  idle(): Promise<void>;
  readonly refusals: ReadonlyMap<string, Refusal>;
}

/** Starts with what an earlier process knew. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { compiler, recent, log, onFound } = options;
  const leftOut: LeftOut = { compiler, recent, refusals: new Map(options.initial) };
  let queue = Promise.resolve();
  let waiting = 0;
  return {
    refusals: leftOut.refusals,
    get busy() {
      return waiting > 0;
    },
    async idle() {
      while (waiting > 0) await queue;
    },
    report(refused) {
      waiting++;
      queue = queue
        .then(() => isolate({ refused, trials: options, leftOut, log }))
        .catch((error: unknown) => log("error", "looking for what Envoy refuses has failed", errorFields(error)))
        .finally(() => {
          waiting--;
          if (waiting === 0) onFound();
        });
    },
    release: (edits) => forgetChanged(leftOut, edits),
    forgetGone: () => forgetGone(leftOut),
  };
}
