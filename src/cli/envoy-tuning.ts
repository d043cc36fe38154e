/** How Envoy is started, from the environment: what a manifest cannot say because it is decided before any is read. */
import type { LogLevel } from "#base/log.ts";
import { CannotRun } from "./cannot-run.ts";

/** Options of the Envoy process. */
export interface EnvoyTuning {
  readonly logLevel: "info" | "warning" | "error";
  readonly concurrency?: number;
  readonly drainSeconds?: number;
}

/** Reads them. Envoy's own information is only worth reading for those who look for something. */
export function envoyTuning(level: LogLevel, env: NodeJS.ProcessEnv): EnvoyTuning {
  const concurrency = numberIn(env, "ENVOY_CONCURRENCY");
  const drainSeconds = numberIn(env, "AMBASSADOR_DRAIN_TIME");
  return {
    logLevel: level === "debug" ? "info" : level === "error" ? "error" : "warning",
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(drainSeconds === undefined ? {} : { drainSeconds }),
  };
}

function numberIn(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new CannotRun(`${name}: "${text}" is not a number.`);
  return Number(text);
}
