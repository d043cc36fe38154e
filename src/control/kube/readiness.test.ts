import assert from "node:assert/strict";
import { test } from "node:test";
import { openReadiness, type Said } from "./readiness.ts";

const never = new AbortController().signal;

/** A server that is asked, with answers of the test's own. */
function server() {
  const state = { says: "not ready" as Said, asked: 0, time: 0 };
  const isReady = async (): Promise<Said> => {
    state.asked++;
    return state.says;
  };
  return { state, readiness: openReadiness(isReady, () => state.time) };
}

test("all who wait share one question, and go on when the server is ready", async () => {
  const { state, readiness } = server();
  const seen = await Promise.all([readiness.isStarting(never), readiness.isStarting(never)]);
  assert.deepEqual(seen, [true, true]);
  assert.equal(state.asked, 1);
  const waiting = Promise.all([readiness.whenStarted(never), readiness.whenStarted(never)]);
  state.says = "ready";
  await waiting;
  assert.equal(await readiness.isStarting(never), false);
});

test("one that is never ready is believed after a minute, and one that was ready has another", async () => {
  const { state, readiness } = server();
  assert.equal(await readiness.isStarting(never), true);
  state.time = 60_000;
  assert.equal(await readiness.isStarting(never), false);
  await readiness.whenStarted(never);
  state.says = "ready";
  assert.equal(await readiness.isStarting(never), false);
  state.says = "not ready";
  assert.equal(await readiness.isStarting(never), true);
});

test("one that refuses to tell may be starting, and is believed soon when it goes on refusing", async () => {
  const { state, readiness } = server();
  state.says = "refused";
  assert.equal(await readiness.isStarting(never), true);
  state.time = 5000;
  assert.equal(await readiness.isStarting(never), false);
});

test("whoever ends does not wait for a silent server", async () => {
  const silent = openReadiness(() => new Promise(() => undefined));
  const end = new AbortController();
  const all = Promise.all([silent.isStarting(end.signal), silent.whenStarted(end.signal)]);
  end.abort();
  await all;
});
