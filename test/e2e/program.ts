/**
 * `bin/dragoman` as a user starts it: a process group of its own, whose output can be waited for and which Ctrl-C ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { processOf, type Resident } from "../process.ts";

const program = join(import.meta.dirname, "..", "..", "bin", "dragoman");

/** A started program. */
export interface Program {
  /** Everything written so far, by the program and what it started. */
  output(): string;
  /** The first line on standard output that matches, now or later; rejects when the program ends before. */
  line(pattern: RegExp): Promise<string>;
  /** The first match of all output, now or later. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ctrl-C: the whole foreground group gets SIGINT. Returns the exit code and what was left running. */
  interrupt(): Promise<{ readonly code: number | null; readonly left: readonly string[] }>;
  /** The process with this in its command line, if there is one now. */
  pid(command: RegExp): number | undefined;
  /** What the kernel says of the process with this in its command line. */
  processStatus(command: RegExp): string;
  /** Its memory. */
  resident(command: RegExp): Resident;
  /** Ends everything at once, for a test that failed. */
  kill(): void;
}

/** How a program is started. */
export interface ProgramOptions {
  /** `bin/dragoman` when absent. */
  readonly command?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Its standard input. */
  readonly input?: string;
}

/** Starts it. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): Program {
  const child = spawn(options.command ?? program, args, { detached: true, env: options.env ?? process.env });
  child.stdin.end(options.input ?? "");
  const pid = child.pid ?? 0;
  let stdout = "";
  let all = "";
  const watchers = new Set<() => void>();
  const collect = (source: ChildProcess["stdout"], take: (text: string) => void): void => {
    source?.setEncoding("utf8");
    source?.on("data", (text: string) => {
      take(text);
      for (const watcher of watchers) watcher();
    });
  };
  collect(child.stdout, (text) => {
    stdout += text;
    all += text;
  });
  collect(child.stderr, (text) => {
    all += text;
  });
  const until = <T>(what: string, look: () => T | undefined | null): Promise<T> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`it ended before ${what}:\n${all}`));
      const watcher = (): void => {
        const found = look();
        if (found === undefined || found === null) return;
        watchers.delete(watcher);
        child.off("exit", ended);
        resolve(found);
      };
      child.once("exit", ended);
      watchers.add(watcher);
      watcher();
    });
  return {
    output: () => all,
    line: (pattern) =>
      until(`it wrote a line ${pattern}`, () =>
        stdout
          .split("\n")
          .slice(0, -1)
          .find((line) => pattern.test(line)),
      ),
    said: (pattern) => until(`it said ${pattern}`, () => pattern.exec(all)),
    interrupt: async () => {
      const started = [...descendants(pid)];
      const exited = once(child, "exit");
      process.kill(-pid, "SIGINT");
      const [code] = (await exited) as [number | null];
      return { code, left: started.filter(isRunning).map(({ pid: one, command }) => `${one} ${command}`) };
    },
    pid: (command) => [...descendants(pid)].find((one) => command.test(one.command))?.pid,
    processStatus: (command) => readFileSync(`/proc/${pidOf(pid, command)}/status`, "utf8"),
    resident: (command) => processOf(pidOf(pid, command)).resident(),
    kill: () => {
      const started = [...descendants(pid)];
      for (const one of [{ pid, command: "", startTime: startTimeOf(pid) }, ...started]) {
        if (isRunning(one)) process.kill(one.pid, "SIGKILL");
      }
    },
  };
}

interface Running {
  readonly pid: number;
  readonly command: string;
  /** With the pid, this names a process for good: pids are used again. */
  readonly startTime: string | undefined;
}

function pidOf(started: number, command: RegExp): number {
  const found = [...descendants(started), { pid: started, command: commandOf(started) }].find((one) =>
    command.test(one.command),
  );
  if (!found) throw new Error(`nothing like ${command} is running`);
  return found.pid;
}

function* descendants(of: number): Iterable<Running> {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const pid = Number(entry);
    if (statOf(pid)?.[1] !== String(of)) continue;
    yield { pid, command: commandOf(pid), startTime: startTimeOf(pid) };
    yield* descendants(pid);
  }
}

function isRunning({ pid, startTime }: Running): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat[0] !== "Z" && startTimeOf(pid) === startTime;
}

const startTimeOf = (pid: number): string | undefined => statOf(pid)?.[19];

/** The fields of /proc/PID/stat after the command: state, parent, …; undefined when the process is gone. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch (error) {
    if (isGone(error)) return "";
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
