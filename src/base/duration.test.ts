/** Durations: every unit, sums of them, and what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { durationMs } from "./duration.ts";

const durations: Readonly<Record<string, number | undefined>> = {
  "0": 0,
  "0s": 0,
  "300ms": 300,
  "2.5s": 2500,
  "1h30m": 5_400_000,
  "1500us": 2,
  "1500µs": 2,
  "1ns": 1,
  "": undefined,
  "3": undefined,
  "-1s": undefined,
  "1d": undefined,
  "1.s": undefined,
};

for (const [text, expected] of Object.entries(durations)) {
  test(`"${text}" is ${expected} ms`, () => assert.equal(durationMs(text), expected));
}
