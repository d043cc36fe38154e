/**
 * Whether an API server is still starting: until it is ready, it answers 401, 403, 404 and 503 to what it does not know
 * yet, at first even to the question whether it is. All who wait for it share one question, asked in short turns, and so go on as soon as it is ready.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createBackOff } from "#base/back-off.ts";
import { unlessAborted } from "./pause.ts";

/** The readiness of one server. */
export interface Readiness {
  isStarting(signal: AbortSignal): Promise<boolean>;
  /** Resolves when it is ready, or has not been for a long time; or when the signal comes. */
  whenStarted(signal: AbortSignal): Promise<void>;
}

const turns = { shortestMs: 50, longestMs: 300, healthyMs: Number.POSITIVE_INFINITY };
/** What a server says of itself; it may refuse to. */
export type Said = "ready" | "not ready" | "refused";

/** Some never are, because of a part that is of no concern here, and some never tell; then it is believed as it is. */
const longestMs = { "not ready": 60_000, refused: 5000 } as const;

/** Opens it; `isReady` asks the server. */
export function openReadiness(isReady: () => Promise<Said>, now: () => number = () => performance.now()): Readiness {
  let notReadySince: number | undefined;
  let asking: Promise<boolean> | undefined;
  let waiting: Promise<void> | undefined;

  async function ask(): Promise<boolean> {
    const said = await isReady();
    if (said === "ready") {
      notReadySince = undefined;
      return false;
    }
    notReadySince ??= now();
    return now() - notReadySince < longestMs[said];
  }

  function askOnce(): Promise<boolean> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function untilStarted(): Promise<void> {
    const backOff = createBackOff(turns, Math.random);
    while (await askOnce()) await pause(backOff.next(0), undefined, { ref: false });
  }

  return {
    isStarting: async (signal) => (await unlessAborted(askOnce(), signal)) ?? true,
    async whenStarted(signal) {
      waiting ??= untilStarted().finally(() => {
        waiting = undefined;
      });
      await unlessAborted(waiting, signal);
    },
  };
}
