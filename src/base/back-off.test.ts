/**
 * Delays between attempts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createBackOff } from "./back-off.ts";

const limits = { shortestMs: 50, longestMs: 10_000, healthyMs: 10_000 };

test("delays double up to the longest, and start anew after a healthy run", () => {
  const backOff = createBackOff(limits, () => 1);
  const delays = Array.from({ length: 10 }, () => backOff.next(5));
  assert.deepEqual(delays, [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  assert.equal(backOff.next(60_000), 50);
});

test("jitter shortens a delay by up to half", () => {
  assert.equal(createBackOff(limits, () => 0).next(0), 25);
});
