/** What counts as acknowledged is what was read before Envoy was asked, and nothing that came while it answered. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReadProgress } from "../sources/kubernetes/read-progress.ts";
import { createAcknowledged } from "./acknowledged.ts";

/** An Envoy that answers when it is told to. */
function patient() {
  const asked: (() => void)[] = [];
  return {
    asked,
    settled: () => new Promise<void>((resolve) => asked.push(resolve)),
  };
}

test("what is read while Envoy answers waits for its next answer", async () => {
  const [progress, envoy] = [createReadProgress(() => undefined), patient()];
  const acknowledged = createAcknowledged({ progress, settled: envoy.settled, refusals: () => [] });
  progress.nothing("hosts");
  progress.upTo("hosts", "10");
  assert.equal(acknowledged.now().versions.get("hosts"), "0");
  const first = acknowledged.refresh();
  progress.upTo("hosts", "11");
  envoy.asked[0]?.();
  await first;
  assert.equal(acknowledged.now().versions.get("hosts"), "10");
  const second = acknowledged.refresh();
  envoy.asked[1]?.();
  await second;
  assert.equal(acknowledged.now().versions.get("hosts"), "11");
});

test("an Envoy that does not answer is asked once, and once more when it has", async () => {
  const [progress, envoy] = [createReadProgress(() => undefined), patient()];
  const acknowledged = createAcknowledged({ progress, settled: envoy.settled, refusals: () => [] });
  const first = acknowledged.refresh();
  progress.upTo("hosts", "7");
  const later = [acknowledged.refresh(), acknowledged.refresh(), acknowledged.refresh()];
  assert.equal(envoy.asked.length, 1);
  assert.equal(acknowledged.hasBegun, false);
  envoy.asked[0]?.();
  await first;
  await new Promise(setImmediate);
  assert.equal(envoy.asked.length, 2);
  envoy.asked[1]?.();
  await Promise.all(later);
  assert.equal(acknowledged.now().versions.get("hosts"), "7");
  assert.equal(acknowledged.hasBegun, true);
});
