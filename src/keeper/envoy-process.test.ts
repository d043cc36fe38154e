/**
 * Envoy's log lines as ours.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { foldLine } from "./envoy-process.ts";

function fold(line: string): unknown[] {
  const lines: unknown[] = [];
  foldLine(line, (...said) => void lines.push(said));
  return lines;
}

test("level and component are taken from Envoy's prefix", () => {
  assert.deepEqual(fold("[warning][config] gRPC config rejected: x"), [
    ["warning", "gRPC config rejected: x", { component: "config" }],
  ]);
  assert.deepEqual(fold("[critical][main] out of luck"), [["error", "out of luck", { component: "main" }]]);
});

test("a line of another form, such as a crash report, is kept", () => {
  assert.deepEqual(fold("Segmentation fault"), [["warning", "Segmentation fault"]]);
  assert.deepEqual(fold("  "), []);
});
