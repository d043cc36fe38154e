/**
 * When edits are committed, with a compiler that only counts.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Compiler, CompilerEdit } from "#compiler";
import { createTimings } from "../report/timings.ts";
import { openSchedule, type ScheduleOptions } from "./schedule.ts";

const edit = (key: string): CompilerEdit => ({ kind: "object", key });
const keys = (edits: readonly CompilerEdit[]) => edits.map((one) => ("key" in one ? one.key : one.kind));

/** A compiler that needs `slices` calls of commit for each application of edits. */
function counting(slices: number, more: Partial<ScheduleOptions> = {}) {
  const events: string[] = [];
  let left = 0;
  const compiler = {
    apply(edits: readonly CompilerEdit[]) {
      events.push(`apply ${keys(edits).join(" ")}`);
      left = slices;
    },
    commit(mayContinue: () => boolean) {
      assert.equal(typeof mayContinue(), "boolean");
      left--;
      events.push("commit");
      return { done: left <= 0, overtook: false, resources: [], diagnosticsChanged: true };
    },
  } as Pick<Compiler, "apply" | "commit"> as Compiler;
  let number = 0;
  const schedule = openSchedule({
    compiler,
    prepare: (edits) => edits,
    release: (_, reached) => (reached === "end" ? ++number : number),
    files: () => [],
    missing: () => undefined,
    settle: () => [],
    timings: createTimings(),
    ...more,
  });
  return { schedule, events };
}

describe("schedule", () => {
  test("edits that arrive together are committed together", async () => {
    const { schedule, events } = counting(1);
    const numbers = await Promise.all([schedule.push([edit("a")]), schedule.push([edit("b"), edit("c")])]);
    assert.deepEqual(events, ["apply a b c", "commit"]);
    assert.deepEqual(numbers, [1, 1]);
  });

  test("an edit that arrives during a commit of many slices goes along, and waits for its end", async () => {
    const { schedule, events } = counting(3);
    const first = schedule.push([edit("a")]);
    while (!events.includes("commit")) await new Promise((resolve) => setImmediate(resolve));
    const second = schedule.push([edit("b")]);
    assert.deepEqual(await Promise.all([first, second]), [1, 1]);
    assert.deepEqual(events, ["apply a", "commit", "apply b", "commit", "commit", "commit"]);
  });

  test("nothing is released as complete before the files that it names are there", async () => {
    const released: string[] = [];
    const wanted = [edit("file")];
    const { schedule, events } = counting(1, {
      files: () => wanted.splice(0),
      release: (_, reached) => released.push(reached),
    });
    await schedule.push([edit("a")]);
    assert.deepEqual(events, ["apply a", "commit", "apply file", "commit"]);
    assert.deepEqual(released, ["part", "end"]);
  });

  test("nothing is released as complete while something is on its way; edits that come meanwhile are compiled", async () => {
    const released: string[] = [];
    const arrival = Promise.withResolvers<void>();
    let isMissing = true;
    const { schedule, events } = counting(1, {
      missing: () => (isMissing ? arrival.promise : undefined),
      release: (_, reached) => released.push(reached),
    });
    const all = [schedule.push([edit("a")])];
    while (released.length < 1) await new Promise((resolve) => setImmediate(resolve));
    all.push(schedule.push([edit("b")]));
    while (released.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(released, ["part", "part"]);
    isMissing = false;
    arrival.resolve();
    await Promise.all(all);
    assert.deepEqual(events, ["apply a", "commit", "apply b", "commit", "commit"]);
    assert.deepEqual(released, ["part", "part", "end"]);
  });

  test("what has overtaken is released, and the rest goes on in the same slice", async () => {
    const released: string[] = [];
    const results = [
      { done: false, overtook: true },
      { done: true, overtook: false },
    ];
    const compiler = {
      apply: () => undefined,
      commit: () => ({ ...(results.shift() ?? assert.fail()), resources: [], diagnosticsChanged: false }),
    } as Pick<Compiler, "apply" | "commit"> as Compiler;
    const { schedule } = counting(1, { compiler, release: (_, reached) => released.push(reached) });
    const pushed = schedule.push([edit("a")]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.deepEqual(released, ["overtook", "end"]);
    await pushed;
  });

  test("what follows from a commit is compiled before anybody is told", async () => {
    let follow = [edit("follow")];
    const settle = () => follow.splice(0);
    const { schedule, events } = counting(1, { settle });
    await schedule.push([edit("a")]);
    assert.deepEqual(events, ["apply a", "commit", "apply follow", "commit"]);
    follow = [];
    assert.equal(await schedule.idle(), 3);
  });
});
