/**
 * The state file: who may read it, and what happens to a damaged one.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStateFile, type State } from "./file.ts";

const state = (hash: string): State => ({
  lastGood: {},
  refusals: {
    a: { ref: { group: "g", kind: "K", namespace: "n", name: "a" }, hash, message: "no", envoyVersion: "1.40" },
  },
});

const silent = (message: string): void => assert.fail(message);

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), "dragoman-state-"));
  await run(join(parent, "deep", "state"));
  await rm(parent, { recursive: true });
}

test("what was written last is read, and only its owner may read it", () =>
  inDirectory(async (directory) => {
    const file = openStateFile(directory);
    assert.deepEqual(await file.read(silent), { lastGood: {}, refusals: {} });
    await Promise.all([file.write(state("1")), file.write(state("2")), file.write(state("3"))]);
    assert.deepEqual(await openStateFile(directory).read(silent), state("3"));
    assert.equal((await stat(join(directory, "state.json"))).mode & 0o777, 0o600);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(directory), ["state.json"]);
  }));

test("a damaged file is set aside and said to be", () =>
  inDirectory(async (directory) => {
    const file = openStateFile(directory);
    await file.write(state("1"));
    for (const damage of ["", "{", "null", "[]", '{"lastGood": 1, "refusals": {}}']) {
      await writeFile(join(directory, "state.json"), damage);
      const said: string[] = [];
      assert.deepEqual(await file.read((message) => said.push(message)), { lastGood: {}, refusals: {} });
      assert.match(said.join("\n"), /^\S+state\.json is damaged: .* now \S+state\.json\.bad$/);
    }
    assert.deepEqual(await readdir(directory), ["state.json.bad"]);
  }));
