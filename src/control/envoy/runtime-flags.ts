/**
 * SERVE of the Module's `runtime_flags`: they are no resources, so Envoy is told over its admin interface, whenever they
 * change and whenever an Envoy connects, which may be a new one.
 */
import { errorFields, type Log } from "#base/log.ts";
import type { RuntimeFlags } from "#compiler";
import type { Clock } from "../clock.ts";

/** Keeps Envoy's flags as they are wanted. */
export interface FlagKeeper {
  want(flags: RuntimeFlags): void;
  connected(): void;
}

/** What it works with. `post` rejects when Envoy does not take it. */
export interface FlagKeeperOptions {
  readonly clock: Clock;
  readonly log: Log;
  post(path: string): Promise<unknown>;
}

const firstRetryMs = 1_000;
const lastRetryMs = 60_000;

/** Tells nothing until an Envoy connects. */
export function createFlagKeeper({ clock, log, post }: FlagKeeperOptions): FlagKeeper {
  let wanted: RuntimeFlags = {};
  /** What Envoy was told, as a path; absent while there is none, or a new one. */
  let told: string | undefined;
  let anyEnvoy = false;
  let busy = false;
  let retryMs = firstRetryMs;

  function tell(): void {
    const path = pathOf(wanted);
    if (!anyEnvoy || busy || path === undefined || path === told) return;
    busy = true;
    told = path;
    post(path).then(
      () => {
        retryMs = firstRetryMs;
        again();
      },
      (error: unknown) => {
        told = undefined;
        log("warning", "Envoy does not take the Module's runtime_flags yet", errorFields(error));
        clock.after(retryMs, again);
        retryMs = Math.min(2 * retryMs, lastRetryMs);
      },
    );
  }

  function again(): void {
    busy = false;
    tell();
  }

  return {
    want(flags) {
      if (flags === wanted) return;
      wanted = flags;
      tell();
    },
    connected() {
      anyEnvoy = true;
      told = undefined;
      tell();
    },
  };
}

/** An empty value takes a flag back. */
function pathOf(flags: RuntimeFlags): string | undefined {
  const pairs = Object.entries(flags).map(([name, value]) => `${encodeURIComponent(name)}=${value ?? ""}`);
  return pairs.length === 0 ? undefined : `/runtime_modify?${pairs.join("&")}`;
}
