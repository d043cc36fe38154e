import assert from "node:assert/strict";
import { test } from "node:test";
import { watchNames } from "./name-watch.ts";

test("an answer that appears or changes is worth a try, and one that was there, or goes, is not", async () => {
  const answers = new Map([["there.test", "192.0.2.1"]]);
  const watch = watchNames(["there.test", "new.test"], async (name) => answers.get(name) ?? "");
  const steps: readonly (readonly [string, string, boolean])[] = [
    ["there.test", "192.0.2.1", false],
    ["new.test", "192.0.2.2", true],
    ["new.test", "192.0.2.2", false],
    ["there.test", "192.0.2.3", true],
    ["there.test", "", false],
    ["there.test", "192.0.2.3", true],
  ];
  assert.equal(await watch.look(), false);
  for (const [name, answer, isWorthIt] of steps) {
    answers.set(name, answer);
    assert.equal(await watch.look(), isWorthIt, `${name} ${answer}`);
  }
});

test("a name that cannot be looked up has no answer, and takes nothing else along", async () => {
  const watch = watchNames(["not-a-name.invalid"]);
  assert.deepEqual([await watch.look(), await watch.look()], [false, false]);
});
