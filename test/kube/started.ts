/**
 * A program that tests talk to, while it runs. It ends with the process that started it, however that ends, so that a test
 * that is killed leaves nothing behind.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A running program. */
export interface Started {
  readonly pid: number;
  /** The end of what it wrote. */
  log(): string;
  hasEnded(): boolean;
  /** Ends it at once and returns when it is gone. */
  kill(): Promise<void>;
}

const keptCharacters = 20_000;

/** Starts it, with more in its environment where that is given; the end of its output is kept for error messages. */
export function start(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onText: (text: string) => void = () => undefined,
): Started {
  // The kernel sends the signal when the parent ends; a handler in the parent would not run after SIGKILL.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const ended = once(child, "exit");
  let tail = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      tail = (tail + text).slice(-keptCharacters);
      onText(text);
    });
  }
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    log: () => tail,
    hasEnded,
    kill: async () => {
      if (!hasEnded()) child.kill("SIGKILL");
      await ended;
    },
  };
}
