/** What of the environment reaches Envoy's command line. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CannotRun } from "./cannot-run.ts";
import { envoyTuning } from "./envoy-tuning.ts";

test("threads and patience come from the environment", () => {
  const env = { ENVOY_CONCURRENCY: "3", AMBASSADOR_DRAIN_TIME: "25" };
  assert.deepEqual(envoyTuning("info", env), { logLevel: "warning", concurrency: 3, drainSeconds: 25 });
});

test("empty variables are as if they were not set", () => {
  const env = { ENVOY_CONCURRENCY: "", AMBASSADOR_DRAIN_TIME: "" };
  assert.deepEqual(envoyTuning("debug", env), { logLevel: "info" });
});

for (const name of ["ENVOY_CONCURRENCY", "AMBASSADOR_DRAIN_TIME"]) {
  test(`${name} must be a number`, () => {
    assert.throws(() => envoyTuning("error", { [name]: "many" }), new CannotRun(`${name}: "many" is not a number.`));
  });
}
