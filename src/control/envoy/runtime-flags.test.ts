import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createFlagKeeper } from "./runtime-flags.ts";

function start(...failures: readonly boolean[]) {
  const posted: string[] = [];
  const retries: { readonly ms: number; readonly run: () => void }[] = [];
  const answers = [...failures];
  const keeper = createFlagKeeper({
    clock: {
      after(ms, run) {
        retries.push({ ms, run });
        return () => undefined;
      },
    },
    log: () => undefined,
    async post(path) {
      posted.push(path);
      if (answers.shift()) throw new Error("not now");
    },
  });
  return { keeper, posted, retries };
}

test("Envoy is told when it connects and when flags change, and not otherwise", async () => {
  const { keeper, posted } = start();
  keeper.want({ "a.b": 1, c: null });
  assert.deepEqual(posted, []);
  keeper.connected();
  keeper.want({ "a.b": 1, c: null });
  await turn();
  assert.deepEqual(posted, ["/runtime_modify?a.b=1&c="]);
  keeper.want({ "a.b": null, c: 2 });
  await turn();
  keeper.connected();
  await turn();
  const second = "/runtime_modify?a.b=&c=2";
  assert.deepEqual(posted, ["/runtime_modify?a.b=1&c=", second, second]);
});

test("what changes while Envoy is being told is told next", async () => {
  const { keeper, posted } = start();
  keeper.connected();
  keeper.want({ a: 1 });
  keeper.want({ a: 2 });
  keeper.want({ a: 3 });
  await turn();
  assert.deepEqual(posted, ["/runtime_modify?a=1", "/runtime_modify?a=3"]);
});

test("an Envoy that does not answer is told again, ever more rarely", async () => {
  const { keeper, posted, retries } = start(true, true, false);
  keeper.connected();
  keeper.want({ a: 1 });
  for (const expected of [1_000, 2_000]) {
    await turn();
    const retry = retries.shift();
    assert.equal(retry?.ms, expected);
    retry.run();
  }
  await turn();
  assert.deepEqual([posted.length, retries.length], [3, 0]);
});
