/**
 * A lock between processes that obtain the same thing for the cache: one works, the others wait until it is there.
 * Correctness must rest on a final rename; the lock only spares the second process the work.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { releaseLock, takeLock } from "#base/lock-file.ts";

const tooOldMs = 30 * 60_000;

/** Works while holding the lock file; one that a dead process left behind, or that is half an hour old, is broken. */
export async function withFileLock(
  path: string,
  say: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  let waited = false;
  while (!(await takeLock(path, tooOldMs))) {
    if (!waited) say("waiting for another process that obtains the same");
    waited = true;
    await sleep(100);
  }
  try {
    await work();
  } finally {
    await releaseLock(path);
  }
}
