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

/** What the promise gives, or nothing as soon as the signal comes. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const end = Promise.withResolvers<undefined>();
  const onAbort = (): void => end.resolve(undefined);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, end.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Resolves after the time, or as soon as the work or the signal comes; a rejection of the work is passed on. */
export async function pauseUntil(work: Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
  const cut = new AbortController();
  try {
    await Promise.race([work, pauseUnlessAborted(ms, AbortSignal.any([signal, cut.signal]))]);
  } finally {
    cut.abort();
  }
}
