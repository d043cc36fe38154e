import assert from "node:assert/strict";
import { test } from "node:test";
import { awaited, type Follower, isLate, judges, noteProgress } from "./followers.ts";
import type { XdsStream } from "./stream.ts";

const nothing = (): void => undefined;

function follower(acknowledged: number, where: "here" | "elsewhere", held?: string): Follower {
  const stream: XdsStream = {
    node: undefined,
    acknowledged,
    holds: (_type, _name, version) => version === held,
    changed: nothing,
    completed: nothing,
    flagsChanged: nothing,
  };
  const peer = where === "here" ? undefined : { address: "10.0.0.1:1", names: ["edge"] };
  return { stream, peer, connectedAt: 0, behindSince: undefined, bytes: 0, refusals: 0 };
}

test("an instance with an Envoy of its own waits for no other", () => {
  const [own, other] = [follower(1, "here"), follower(0, "elsewhere")];
  assert.deepEqual(awaited(new Set([own, other]), true, 0), [own]);
  assert.deepEqual(awaited(new Set([other]), true, 0), []);
  assert.deepEqual(awaited(new Set([other]), false, 0), [other]);
});

test("who gets no further for ten seconds is not waited for, until it does", () => {
  const slow = follower(1, "elsewhere");
  noteProgress(slow, 1, 0, false);
  assert.equal(slow.behindSince, undefined);
  noteProgress(slow, 2, 5_000, false);
  noteProgress(slow, 3, 9_000, false);
  assert.deepEqual([isLate(slow, 15_000), isLate(slow, 15_001)], [false, true]);
  assert.deepEqual(awaited(new Set([slow]), false, 15_001), []);
  noteProgress(slow, 3, 15_001, true);
  assert.equal(isLate(slow, 20_000), false);
});

test("what an Envoy elsewhere refuses is wrong for all only where nobody here can tell and no other has taken it", () => {
  const refused = { type: "routes", name: "web", version: "2" } as const;
  const own = follower(1, "here");
  const odd = follower(1, "elsewhere");
  assert.equal(judges(own, refused, new Set([own, odd]), true), true);
  assert.equal(judges(odd, refused, new Set([own, odd]), true), false);
  assert.equal(judges(odd, refused, new Set([odd, follower(1, "elsewhere", "1")]), false), true);
  assert.equal(judges(odd, refused, new Set([odd, follower(1, "elsewhere", "2")]), false), false);
});
