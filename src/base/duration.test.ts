/** Durations: every unit, sums of them, and what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { durationMs, goDuration } from "./duration.ts";

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

test("Go's form of a duration is read as what it was", () => {
  const texts = { "0s": 0, "45s": 45_000, "5m0s": 300_000, "1h4m0s": 3_840_000, "24h0m0s": 86_400_000 };
  for (const [text, ms] of Object.entries(texts)) {
    assert.equal(goDuration(ms), text);
    assert.equal(durationMs(text), ms);
  }
});
