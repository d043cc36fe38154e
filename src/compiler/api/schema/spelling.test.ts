/**
 * "did you mean …?" for the mistakes that people make, and silence for words that are something else.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { closest } from "./spelling.ts";

const known = ["timeout_ms", "idle_timeout_ms", "prefix", "prefix_regex", "hostname", "tlsSecret", "weight"];

const cases: readonly [written: string, meant: string | undefined][] = [
  ["timeout", "timeout_ms"],
  ["timeoutMs", "timeout_ms"],
  ["time_out_ms", "timeout_ms"],
  ["perfix", "prefix"],
  ["hostName", "hostname"],
  ["tls_secret", "tlsSecret"],
  ["wieght", "weight"],
  ["completely_different", undefined],
  ["", undefined],
  ["x".repeat(10_000), undefined],
];

for (const [written, meant] of cases) {
  test(`${JSON.stringify(written.slice(0, 30))} → ${meant}`, () => assert.equal(closest(written, known), meant));
}
