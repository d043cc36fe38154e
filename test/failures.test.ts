/** Each failure that others had is held by the tests that failures.yaml names, and these are there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";

interface Failure {
  readonly failure: string;
  /** Files from the root of the repository, with the names of tests, scenarios or kinds of edits. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
}

const root = join(import.meta.dirname, "..");
const failures = parse(readFileSync(join(root, "test/failures.yaml"), "utf8")) as Readonly<Record<string, Failure>>;

test("all twelve are there", () => {
  assert.deepEqual(
    Object.keys(failures).map(Number),
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
});

for (const { failure, tests } of Object.values(failures)) {
  test(failure, () => {
    assert.ok(Object.values(tests).flat().length > 0, "nothing holds it");
    for (const [file, names] of Object.entries(tests)) {
      const text = readFileSync(join(root, file), "utf8");
      for (const name of names) assert.ok(text.includes(`${JSON.stringify(name)},`), `${file} has no "${name}"`);
    }
  });
}
