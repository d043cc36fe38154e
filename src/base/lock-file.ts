/**
 * A lock between processes: a file that names the process that holds it. One that has died holds nothing, not even when
 * its number is another's now, as after a container has started again.
 */
import { randomUUID } from "node:crypto";
import { link, open, readFile, rm, stat } from "node:fs/promises";
import { errorCode } from "./error-code.ts";

/** Takes the lock; false when a living process has it, and has not had it for longer than `longestMs`. */
export async function takeLock(path: string, longestMs: number = Number.POSITIVE_INFINITY): Promise<boolean> {
  const mine = `${path}.${randomUUID()}`;
  try {
    await using file = await open(mine, "wx", 0o600);
    await file.writeFile(`${process.pid} ${await startOf(process.pid)}`);
    for (let tries = 0; tries < 2; tries++) {
      if (await linked(mine, path)) return true;
      if (await isHeld(path, longestMs)) return false;
      await rm(path, { force: true });
    }
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}

/** Lets another process have it. */
export async function releaseLock(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** The file is never there without its text: it is written before it gets its name. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isHeld(path: string, longestMs: number): Promise<boolean> {
  try {
    const [text = "", start = ""] = (await readFile(path, "utf8")).split(" ");
    const pid = Number(text);
    if (!Number.isInteger(pid) || pid <= 0) return false;
    if (Date.now() - (await stat(path)).mtimeMs > longestMs) return false;
    process.kill(pid, 0);
    const now = await startOf(pid);
    // Where the machine does not say, a process that has our own number is this one, which has only now begun to ask.
    if (start === "" || now === "") return pid !== process.pid;
    return now === start;
  } catch (error) {
    if (errorCode(error) === "EPERM") return true;
    if (errorCode(error) === "ESRCH" || errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** What tells a process from others with its number; empty where the machine does not say. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return "";
    throw error;
  }
}
