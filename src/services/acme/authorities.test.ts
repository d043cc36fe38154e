/** How an authority is asked: so much at once, and nothing while it wants to be left alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nothingKnown, openAuthorities } from "./authorities.ts";
import { RequestRefused, readProblem } from "./problem.ts";
import type { Directory, Session } from "./session.ts";
import { createTurns } from "./turns.ts";

const limit = { type: "urn:ietf:params:acme:error:rateLimited", detail: "too many new orders" };
const [newOrder, signer] = ["https://ca.test/order", { key: undefined as never }];

/** An authority that takes the first order, and then has enough for a while. */
function openSessions() {
  const asked: number[] = [];
  const session: Session = {
    directory: async () => ({ newOrder }) as Directory,
    get: () => assert.fail("nobody reads here"),
    async post() {
      asked.push(performance.now());
      if (asked.length === 2) throw new RequestRefused(readProblem(limit, 429), "order", 200);
      return { fields: {}, text: "", location: undefined, alternates: [], retryAfterMs: undefined };
    },
  };
  return { asked, with: () => session, keepOnly: () => undefined, close: async () => undefined };
}

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
  const authorities = openAuthorities(openSessions(), new AbortController().signal);
  const held = Promise.withResolvers<void>();
  const slow = Array.from({ length: 20 }, () => authorities.ordering("https://slow.test", () => held.promise));
  await authorities.ordering("https://quick.test", async () => undefined);
  held.resolve();
  await Promise.all(slow);
});

test("when an authority says that it is too much, nobody orders there until its time is over", async () => {
  const sessions = openSessions();
  const authorities = openAuthorities(sessions, new AbortController().signal);
  const busy = authorities.session("https://busy.test");
  const told = Promise.withResolvers<void>();
  const begunBefore = authorities.ordering("https://busy.test", async () => {
    await told.promise;
    await busy.post(newOrder, signer);
  });
  await busy.post(newOrder, signer);
  await assert.rejects(busy.post(newOrder, signer), /too many new orders/);
  told.resolve();
  const elsewhere = await authorities.ordering("https://idle.test", async () => performance.now());
  const there = await authorities.ordering("https://busy.test", async () => performance.now());
  await begunBefore;
  const [, refused = 0, later = 0] = sessions.asked;
  for (const at of [there, later]) assert.ok(at - refused >= 199, String(at - refused));
  assert.ok(elsewhere < there);
});

test("what is known of work, of limits and of accounts goes with them", async () => {
  const known = nothingKnown();
  const authorities = openAuthorities(openSessions(), new AbortController().signal, known);
  const held = Promise.withResolvers<void>();
  const works = [
    authorities.alone("default/account", () => held.promise),
    authorities.alone("default/account", async () => undefined),
    authorities.ordering("https://ca.test", async () => undefined),
  ];
  assert.deepEqual([known.busy.size, known.turns.size], [1, 1]);
  held.resolve();
  await Promise.all(works);
  assert.deepEqual([known.busy.size, known.turns.size], [0, 0]);

  const busy = authorities.session("https://ca.test");
  await busy.post(newOrder, signer);
  await assert.rejects(busy.post(newOrder, signer), /too many new orders/);
  assert.equal(known.quietUntil.size, 1);
  await authorities.ordering("https://ca.test", async () => undefined);
  assert.equal(known.quietUntil.size, 0);

  const registration = { key: "pem", registration: { body: {}, uri: "https://ca.test/account/1" } };
  const spec = { hostname: "a.test", acmeProvider: { privateKeySecret: { name: "kept" } } };
  authorities.registrations.set("default/kept", registration).set("default/gone", registration);
  authorities.keepOnly([{ namespace: "default", name: "a", created: "", spec }]);
  assert.deepEqual([...authorities.registrations.keys()], ["default/kept"]);
});
