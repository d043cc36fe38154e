import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const inputs = globSync("test/golden/**/*.yaml", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));

for (const page of globSync("docs/guide/*.md", { cwd: root })) {
  test(`every example of ${page} is in a golden case, word for word`, () => {
    const examples = [...readFileSync(join(root, page), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms)];
    const strangers = examples.map(([, text = ""]) => text).filter((text) => !inputs.some((one) => one.includes(text)));
    assert.deepEqual(strangers, []);
  });
}
