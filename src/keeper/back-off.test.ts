/**
 * Delays between attempts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createBackOff } from "./back-off.ts";

test("delays double up to ten seconds, and start anew after a healthy run", () => {
  const backOff = createBackOff(() => 1);
  const delays = Array.from({ length: 10 }, () => backOff.next(5));
  assert.deepEqual(delays, [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  assert.equal(backOff.next(60_000), 50);
});

test("jitter shortens a delay by up to half", () => {
  assert.equal(createBackOff(() => 0).next(0), 25);
});
