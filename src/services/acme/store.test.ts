/** What a run without a cluster keeps: who can read it, who has it, and that it is never half. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStore, storedBundles } from "./store.ts";

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "dragoman-store-"));
  try {
    await work(join(home, "acme"));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("the directory and its files are their owner's alone, and hold what was written last as a whole", async () => {
  await inDirectory(async (directory) => {
    const store = await openStore(directory);
    assert.ok(store);
    await store.writeAccount("a/../../b", { key: "old" });
    await store.writeAccount("a/../../b", { key: "new", registration: "{}" });
    await store.writeBundle("default/cert", { chain: "chain", key: "key" });
    assert.equal(modeOf(directory), "700");
    const files = readdirSync(directory);
    assert.deepEqual(files.map((name) => name.replace(/-.*/, "")).sort(), ["account", "certificate", "lock"]);
    for (const name of files) assert.equal(modeOf(join(directory, name)), "600", name);
    assert.deepEqual(await store.account("a/../../b"), { key: "new", registration: "{}" });
    assert.deepEqual([...(await storedBundles(directory)).keys()], ["default/cert"]);
    await store.close();
  });
});

test("one process at a time has the directory, and one that has died does not keep it", async () => {
  await inDirectory(async (directory) => {
    const first = await openStore(directory);
    assert.ok(first);
    const other = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    const lock = join(directory, "lock");
    writeFileSync(lock, String(other.pid));
    assert.equal(await openStore(directory), undefined);
    assert.deepEqual(readdirSync(directory), ["lock"], "who waits leaves nothing behind");
    writeFileSync(lock, `${other.pid} 1`);
    const successor = await openStore(directory);
    assert.ok(successor, "the number of one that has died is another's now");
    await successor.close();
    writeFileSync(lock, String(other.pid));
    other.kill("SIGKILL");
    await once(other, "exit");
    const second = await openStore(directory);
    assert.match(readFileSync(lock, "utf8"), new RegExp(`^${process.pid} `));
    await second?.close();
    assert.deepEqual(readdirSync(directory), []);
  });
});
