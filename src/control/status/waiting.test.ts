/** When somebody is told that an object waits, and what the log says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { createWaiting } from "./waiting.ts";

const inVersion = (manifestVersion: string) => ({ manifestVersion }) as ClusterObject;

/** A memory of what waits, one look after the other. */
function looks() {
  const said: string[] = [];
  const waiting = createWaiting((level, message) => said.push(`${level} ${message}`));
  return {
    said,
    look(seconds: number, objects: Readonly<Record<string, readonly [version: string, ...behind: readonly string[]]>>) {
      waiting.begin(seconds * 1000);
      const told = Object.entries(objects).map(([key, [version, ...behind]]) => {
        return [key, waiting.note(key, inVersion(version), behind)] as const;
      });
      waiting.end();
      return Object.fromEntries(told.filter(([, names]) => names !== undefined));
    },
    size: () => waiting.size,
  };
}

test("who waits for a moment is not spoken of, and who waits for long is", () => {
  const { look, said, size } = looks();
  assert.deepEqual(look(0, { one: ["5", "a"], two: ["6", "a"] }), {});
  assert.deepEqual(look(9, { one: ["5", "a"], two: ["7", "a"] }), {});
  assert.deepEqual(said, []);
  assert.equal(size(), 2);
  assert.deepEqual(look(11, { one: ["5", "a", "b"], two: ["7", "a"] }), { one: ["a", "b"] });
  assert.equal(said.length, 2);
  assert.match(said[0] ?? "", /^warning replica a has not acknowledged 1 changed object; requests that come there/);
  assert.match(said[1] ?? "", /^warning replica b /);
});

test("it is said once, and once more when it is over", () => {
  const { look, said, size } = looks();
  for (const seconds of [0, 10, 20, 30]) look(seconds, { one: ["5", "a"], two: ["5", "a"] });
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /2 changed objects/);
  look(40, {});
  assert.deepEqual(said.slice(1), ["info no status waits for replica a any more"]);
  assert.equal(size(), 0);
  assert.deepEqual(look(41, { one: ["5", "a"] }), {}, "what had ended begins anew");
});
