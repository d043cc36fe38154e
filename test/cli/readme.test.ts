/** The commands that the README shows, as a reader would type them, on the quickstart's manifests. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ensureQuickstartSecret } from "../../tools/quickstart-secret.ts";
import { dragoman } from "./dragoman.ts";

const root = join(import.meta.dirname, "../..");
const quickstart = join(root, "examples/quickstart");
const readme = readFileSync(join(root, "README.md"), "utf8");
const shown = [...readme.matchAll(/^bin\/dragoman (.+?)(?:\s+#.*)?$/gm)].map((match) => match[1] ?? "");

/** Splits a command line as a shell does, as far as the README's go. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

test("the README shows every command that ends by itself", () => {
  const names = new Set(shown.map((line) => words(line)[0]));
  for (const name of ["lint", "why", "routes", "compile", "diff"]) assert.ok(names.has(name), name);
});

for (const line of shown.filter((command) => !command.startsWith("run"))) {
  test(`bin/dragoman ${line}`, async () => {
    await ensureQuickstartSecret(quickstart);
    const args = words(line).map((word) => (/^\w+\/$/.test(word) ? quickstart : word));
    const { status, stdout, stderr } = await dragoman(args);
    assert.equal(status, 0);
    assert.notEqual(stdout + stderr, "");
  });
}
