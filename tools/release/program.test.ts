/** The program as one file: it runs, and V8 can keep its text in one byte a character. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { writeProgram } from "./program.ts";

test("it runs by itself, and is ASCII", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dragoman-program-"));
  try {
    const file = join(directory, "dragoman.mjs");
    await writeProgram(file);
    assert.match(execFileSync(process.execPath, [file, "version"], { encoding: "utf8" }), /^dragoman \d/);
    const text = readFileSync(file, "utf8");
    const odd = [...text].findIndex((character) => character > "\u007f");
    assert.equal(odd, -1, `not ASCII: ${text.slice(odd - 40, odd + 40)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
