/** Sets of strings by key, against plain sets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addMember, type Members, membersOf, removeMember } from "./members.ts";

test("sets of any size behave like sets", () => {
  const member = fc.integer({ min: 0, max: 20 }).map((n) => `m${n}`);
  const edit = fc.record({ add: fc.boolean(), key: fc.constantFrom("a", "b"), member });
  const property = fc.property(fc.array(edit, { maxLength: 100, size: "max" }), (edits) => {
    const sets = new Map<string, Members>();
    const model = { a: new Set<string>(), b: new Set<string>() };
    for (const { add, key, member } of edits) {
      if (add) assert.equal(addMember(sets, key, member), !model[key].has(member));
      else removeMember(sets, key, member);
      if (add) model[key].add(member);
      else model[key].delete(member);
    }
    for (const key of ["a", "b"] as const) {
      assert.deepEqual([...membersOf(sets, key)].sort(), [...model[key]].sort());
      assert.equal(sets.has(key), model[key].size > 0);
    }
  });
  fc.assert(property);
});
