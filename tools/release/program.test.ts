/** The program as it is published: it runs, and V8 can keep its text in one byte a character. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { entry, writeProgram } from "./program.ts";

const base = mkdtempSync(join(tmpdir(), "dragoman-program-"));
const directory = join(base, "program");
const version = () => execFileSync(process.execPath, [join(directory, entry), "version"], { encoding: "utf8" });

before(() => writeProgram(directory));
after(() => rmSync(base, { recursive: true, force: true }));

test("it runs by itself", () => {
  assert.match(version(), /^dragoman \d/);
});

test("it is ASCII", () => {
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".mjs"))) {
    const text = readFileSync(join(directory, file), "utf8");
    const odd = [...text].findIndex((character) => character > "\u007f");
    assert.equal(odd, -1, `${file} is not ASCII: ${text.slice(odd - 40, odd + 40)}`);
  }
});

test("what an earlier one may still load stays for a while, and nothing else is left", async () => {
  const [early, late] = [join(directory, "chunk-EARLY.mjs"), join(directory, "chunk-LATE.mjs")];
  for (const file of [early, late]) writeFileSync(file, "");
  utimesSync(early, new Date(0), new Date(0));
  const now = readdirSync(directory);
  await writeProgram(directory);
  assert.deepEqual(
    readdirSync(directory),
    now.filter((name) => name !== "chunk-EARLY.mjs"),
  );
  assert.deepEqual(readdirSync(base), ["program"]);
  assert.match(version(), /^dragoman \d/);
});
