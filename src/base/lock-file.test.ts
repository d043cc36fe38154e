/** Who holds a lock: a living process, no dead one, and nobody for too long. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { releaseLock, takeLock } from "./lock-file.ts";

test("a lock is one's own until it is released, its holder has died or its time is over", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dragoman-lock-"));
  const path = join(directory, "lock");
  try {
    assert.ok(await takeLock(path));
    assert.equal(await takeLock(path), false);
    assert.deepEqual(readdirSync(directory), ["lock"], "who does not get it leaves nothing behind");
    await releaseLock(path);
    assert.ok(await takeLock(path));

    writeFileSync(path, `${process.ppid} 1`);
    assert.ok(await takeLock(path), "the number of one that has died is another's now");
    writeFileSync(path, `${2 ** 22 + 1}`);
    assert.ok(await takeLock(path), "there is no such process");
    writeFileSync(path, "nonsense");
    assert.ok(await takeLock(path));

    writeFileSync(path, String(process.ppid));
    assert.equal(await takeLock(path, 60_000), false);
    utimesSync(path, 0, 0);
    assert.ok(await takeLock(path, 60_000));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
