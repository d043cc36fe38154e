/**
 * A lock between processes that obtain the same thing for the cache: one works, the others wait until it is there.
 * Correctness must rest on a final rename; the lock only spares the second process the work.
 */

import { randomUUID } from "node:crypto";
import { link, readFile, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "#base/error-code.ts";

const tooOldMs = 30 * 60_000;

/** Works while holding the lock file; one that a dead process left behind, or that is half an hour old, is broken. */
export async function withFileLock(
  path: string,
  say: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    let waited = false;
    while (!(await tryLink(mine, path))) {
      if (await isStale(path)) await rm(path, { force: true });
      else {
        if (!waited) say("waiting for another process that obtains the same");
        waited = true;
        await sleep(100);
      }
    }
    try {
      await work();
    } finally {
      await rm(path, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(path, "utf8"));
    const age = Date.now() - (await stat(path)).mtimeMs;
    return age > tooOldMs || !isAlive(pid);
  } catch {
    // It went away between the two calls: not stale, simply free.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
