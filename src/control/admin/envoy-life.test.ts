/** What probes say about an Envoy that answers, is busy, or is gone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../clock.ts";
import { watchEnvoyLife } from "./envoy-life.ts";

/** A clock that moves by hand. */
function handClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  const waiting = new Set<{ readonly at: number; run(): void }>();
  return {
    after(ms, run) {
      const one = { at: now + ms, run };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    advance(ms) {
      now += ms;
      for (const one of waiting) {
        if (one.at > now) continue;
        waiting.delete(one);
        one.run();
      }
    },
  };
}

test("it is ready when it says so", async () => {
  let answer = true;
  const life = watchEnvoyLife({ ask: async () => answer, clock: handClock() });
  assert.equal(await life.isReady(), true);
  answer = false;
  assert.equal(await life.isReady(), false);
});

test("one that is busy for a moment is what it was, and is not asked twice at once", async () => {
  const clock = handClock();
  const questions: PromiseWithResolvers<boolean>[] = [];
  const life = watchEnvoyLife({
    clock,
    ask() {
      const question = Promise.withResolvers<boolean>();
      questions.push(question);
      return question.promise;
    },
  });
  const first = life.isReady();
  questions[0]?.resolve(true);
  assert.equal(await first, true);
  const [second, third] = [life.isReady(), life.isReady()];
  clock.advance(1_000);
  assert.deepEqual(await Promise.all([second, third]), [true, true]);
  assert.equal(questions.length, 2);
});

test("one that does not answer is not ready at once, and lost after a minute, until it answers again", async () => {
  const clock = handClock();
  let isGone = true;
  const life = watchEnvoyLife({ clock, ask: async () => (isGone ? Promise.reject(new Error("no socket")) : true) });
  assert.equal(await life.isReady(), false);
  assert.equal(await life.isLost(), false);
  clock.advance(59_000);
  assert.equal(await life.isLost(), false);
  clock.advance(1_000);
  assert.equal(await life.isLost(), true);
  isGone = false;
  assert.equal(await life.isLost(), false);
  assert.equal(await life.isReady(), true);
});
