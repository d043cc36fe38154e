/** Versions are compared as numbers, however long they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtLeast, isVersion } from "./resource-version.ts";

test("versions are in the order of numbers", () => {
  const sorted = ["0", "9", "10", "99", "100", "18446744073709551615", "18446744073709551616"];
  for (const [i, version] of sorted.entries()) {
    for (const [j, other] of sorted.entries())
      assert.equal(isAtLeast(version, other), i >= j, `${version} and ${other}`);
  }
});

test("what is no number of theirs is no version", () => {
  for (const text of ["", "-1", "01", "1.5", "1e3", "abc", "9".repeat(41)]) assert.equal(isVersion(text), false, text);
  for (const text of ["0", "7", "18446744073709551616"]) assert.equal(isVersion(text), true, text);
});
