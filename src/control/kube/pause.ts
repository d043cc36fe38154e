/**
 * Waiting that an end of the work cuts short.
 */
import { setTimeout as pause } from "node:timers/promises";

/** Resolves after the time, or at once when the signal comes. */
export async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
  });
}
