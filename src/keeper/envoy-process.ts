/**
 * Starts Envoy, folds its log lines into ours, and takes it out of service gently.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Log, LogLevel } from "#base/log.ts";
import { type AdminClient, isAbsent } from "./admin-client.ts";

/** How Envoy runs. */
export interface EnvoyProcessOptions {
  readonly binary: string;
  readonly bootstrapFile: string;
  /** Worker threads; one for each processor when absent. */
  readonly concurrency?: number;
  /** How long connections of a changed or removed listener may go on. */
  readonly drainSeconds?: number;
  /** Envoy's own level, such as `warning` or `debug`. */
  readonly logLevel?: string;
}

const defaultDrainSeconds = 600;

/**
 * Starts Envoy in a session of its own, so that a Ctrl-C on the terminal reaches only the keeper, which drains.
 * Its access log goes to `stdout`.
 */
export function startEnvoyProcess(options: EnvoyProcessOptions, log: Log, stdout: number | "ignore"): ChildProcess {
  const parameters = [
    ["-c", options.bootstrapFile],
    ["--log-level", options.logLevel ?? "warning"],
    ["--log-format", "[%l][%n] %v"],
    ["--drain-time-s", String(options.drainSeconds ?? defaultDrainSeconds)],
    ["--concurrency", options.concurrency === undefined ? "" : String(options.concurrency)],
    // Envoy is replaced by starting another one, so it needs no shared memory and no base id.
    ["--disable-hot-restart"],
    ["--log-format-escaped"],
  ];
  const given = parameters.filter(([, value]) => value !== "").flat();
  const child = spawn(options.binary, given, { stdio: ["ignore", stdout, "pipe"], detached: true });
  if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => foldLine(line, log));
  return child;
}

const levels: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warning: "warning",
  error: "error",
  critical: "error",
};

/** Makes one of Envoy's lines ours. */
export function foldLine(line: string, log: Log): void {
  const [, level = "", component, message] = /^\[(\w+)\]\[(\w+)\] (.*)$/.exec(line) ?? [];
  if (message === undefined) {
    if (line.trim() !== "") log("warning", line);
    return;
  }
  log(levels[level] ?? "info", message, { component });
}

const pollMs = 50;
/** How long connections without a request may stay, for a request that is under way to them. */
const idleMs = 1_000;

/** How long Envoy may take to finish. */
export interface DrainTimes {
  /** So long it takes new connections in any case, because whoever makes them may not have heard yet. */
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

/**
 * Asks Envoy to finish what it does. Resolves when no connection is left, or no request and `idleMs` have passed, or
 * the time is over.
 */
export async function drainEnvoy(admin: AdminClient, { atLeastMs, atMostMs }: DrainTimes): Promise<void> {
  const start = performance.now();
  const elapsed = (): number => performance.now() - start;
  try {
    await admin.post("/healthcheck/fail");
    await admin.post("/drain_listeners?graceful&skip_exit");
    while (elapsed() < Math.max(atLeastMs, atMostMs)) {
      const { connections, busy } = await workLeft(admin);
      const isDone = connections === 0 || (busy === 0 && elapsed() >= idleMs);
      if (isDone && elapsed() >= atLeastMs) return;
      await pause(pollMs);
    }
  } catch (error) {
    // It has ended already, or is ending.
    if (!isAbsent(error)) throw error;
  }
}

async function workLeft(admin: AdminClient): Promise<{ readonly connections: number; readonly busy: number }> {
  const stats = await admin.stats("^(listener|http|tcp)\\..*downstream_(cx|rq)_active$");
  let connections = 0;
  let busy = 0;
  for (const [name, value] of stats) {
    if (/^(listener|http)\.admin\./.test(name)) continue;
    if (name.startsWith("listener.")) connections += value;
    else if (name.startsWith("tcp.") || name.endsWith("_rq_active")) busy += value;
  }
  return { connections, busy };
}
