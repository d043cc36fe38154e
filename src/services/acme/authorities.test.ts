/** How an authority is asked: so much at once, and nothing while it wants to be left alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAuthorities } from "./authorities.ts";
import { RequestRefused, readProblem } from "./problem.ts";
import { createTurns } from "./turns.ts";

const sessions = {
  with: () => assert.fail("nobody talks here"),
  close: async () => undefined,
};

test("work waits for its turn, and so much is done at once", async () => {
  const turns = createTurns(2, new AbortController().signal);
  const order: string[] = [];
  let [running, most] = [0, 0];
  const work = (name: string) => async (): Promise<void> => {
    most = Math.max(most, ++running);
    order.push(name);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await Promise.all(["a", "b", "c", "d", "e"].map((name) => turns(work(name))));
  assert.deepEqual(order, ["a", "b", "c", "d", "e"]);
  assert.equal(most, 2);
});

test("work that fails lets the next one begin, and what waits at the end is not begun", async () => {
  const stop = new AbortController();
  const turns = createTurns(1, stop.signal);
  await assert.rejects(turns(() => Promise.reject(new Error("it failed"))));
  const held = Promise.withResolvers<void>();
  const first = turns(() => held.promise);
  const second = turns(() => assert.fail("it has begun"));
  stop.abort(new Error("the end"));
  held.resolve();
  await first;
  await assert.rejects(second, /the end/);
});

test("an authority that is slow holds up nobody who asks another one", async () => {
  const authorities = openAuthorities(sessions, new AbortController().signal);
  const held = Promise.withResolvers<void>();
  const slow = Array.from({ length: 20 }, () => authorities.ordering("https://slow.test", () => held.promise));
  await authorities.ordering("https://quick.test", async () => undefined);
  held.resolve();
  await Promise.all(slow);
});

test("when an authority says that it is too much, nobody orders there until its time is over", async () => {
  const authorities = openAuthorities(sessions, new AbortController().signal);
  const limit = { type: "urn:ietf:params:acme:error:rateLimited", detail: "too many new orders" };
  const refusal = new RequestRefused(readProblem(limit, 429), "order", 200);
  const began = performance.now();
  await assert.rejects(authorities.ordering("https://busy.test", () => Promise.reject(refusal)));
  const elsewhere = await authorities.ordering("https://idle.test", async () => performance.now() - began);
  const there = await authorities.ordering("https://busy.test", async () => performance.now() - began);
  assert.ok(there >= 199, String(there));
  assert.ok(elsewhere < there);
});
