/**
 * Keeps one child process running: starts it again whenever it ends, with back-off, and says so. It never gives up;
 * only `stop` and a child that says that it cannot run as asked end it.
 */
import type { ChildProcess } from "node:child_process";
import { createBackOff } from "#base/back-off.ts";
import type { Log } from "#base/log.ts";

const restarts = { shortestMs: 50, longestMs: 10_000, healthyMs: 10_000 };

/** What to keep running. */
export interface SuperviseOptions {
  readonly name: string;
  readonly log: Log;
  start(): ChildProcess;
  /** The child runs, or (undefined) has ended. */
  onPid(pid: number | undefined): void;
  /** An exit status after which the child is not started again. */
  isFinal?(status: number | null): boolean;
  onFinal?(status: number): void;
}

/** A child that is kept running. */
export interface Supervised {
  readonly child: ChildProcess | undefined;
  /** Does not start it again, asks it to end, and kills it if it takes longer than `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts the child and keeps it running. */
export function supervise(options: SuperviseOptions): Supervised {
  const { name, log } = options;
  const backOff = createBackOff(restarts, Math.random);
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let ended = Promise.withResolvers<void>();

  function start(): void {
    const startedAt = performance.now();
    ended = Promise.withResolvers();
    const started = options.start();
    child = started;
    options.onPid(started.pid);
    // A program that cannot be started gives an error and no exit.
    started.on("error", (error) => over(error.message));
    started.on("exit", (status, signal) => over(signal ?? `status ${status}`, status));

    function over(how: string, status: number | null = null): void {
      if (child !== started) return;
      child = undefined;
      options.onPid(undefined);
      ended.resolve();
      if (stopping) return;
      if (options.isFinal?.(status) && status !== null) {
        options.onFinal?.(status);
        return;
      }
      const delay = backOff.next(performance.now() - startedAt);
      log("error", `${name} has ended (${how}); starting it again in ${(delay / 1000).toFixed(2)} s`);
      timer = setTimeout(start, delay);
    }
  }

  start();
  return {
    get child() {
      return child;
    },
    async stop(patienceMs) {
      stopping = true;
      clearTimeout(timer);
      if (!child) return;
      child.kill("SIGTERM");
      const late = setTimeout(() => {
        log("warning", `${name} did not end in ${patienceMs / 1000} s and is killed`);
        child?.kill("SIGKILL");
      }, patienceMs);
      await ended.promise;
      clearTimeout(late);
    },
    async kill() {
      stopping = true;
      clearTimeout(timer);
      if (!child) return;
      child.kill("SIGKILL");
      await ended.promise;
    },
  };
}
