/** The diff that CONTRIBUTING shows of a policy is what the tree has: a change of one without the other fails. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const diff = /```diff\n([\s\S]*?)```/.exec(read("CONTRIBUTING.md"))?.[1] ?? "";
const files = diff.split(/^\+\+\+ /m).slice(1);

test("the worked example names the files of a policy", () => {
  assert.ok(files.length >= 6);
});

for (const file of files) {
  const [path = "", ...lines] = file.trimEnd().split("\n");
  test(`${path} holds what the worked example shows of it`, () => {
    const found = read(path).split("\n");
    let at = 0;
    for (const line of lines.map((line) => line.slice(1))) {
      at = found.indexOf(line, at) + 1;
      assert.notEqual(at, 0, `${path} has no line ${JSON.stringify(line)} there`);
    }
  });
}
