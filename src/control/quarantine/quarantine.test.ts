/** Whoever asks what Envoy refuses waits until the search for it is over, and for one that begins meanwhile. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompiler } from "#compiler";
import { createQuarantine } from "./quarantine.ts";

const refused = {
  type: "cluster",
  name: "a",
  version: "1",
  message: "no",
  nodeId: "n",
  envoyVersion: "1.40.0",
  replaces: true,
} as const;

test("it is idle when no refusal is left to be looked at", async () => {
  const trials: (() => void)[] = [];
  const tried = new Set<string>();
  const order: string[] = [];
  const quarantine = createQuarantine({
    compiler: openCompiler(),
    log: () => undefined,
    recent: new Map(),
    initial: [],
    trial: () => new Promise((resolve) => void trials.push(resolve)),
    // Envoy takes what is tried.
    refusal: (_, name) => (tried.has(name) ? undefined : { ...refused, name }),
    pardon: () => undefined,
    onFound: () => void order.push("found"),
  });
  await quarantine.idle();
  quarantine.report(refused);
  const idle = quarantine.idle().then(() => order.push("idle"));
  await new Promise(setImmediate);
  assert.equal(trials.length, 1);
  quarantine.report({ ...refused, name: "b" });
  tried.add("a");
  trials[0]?.();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(order, [], "the second one is still being looked for");
  assert.equal(trials.length, 2);
  tried.add("b");
  trials[1]?.();
  await idle;
  assert.deepEqual(order, ["found", "idle"]);
  assert.equal(quarantine.busy, false);
});
