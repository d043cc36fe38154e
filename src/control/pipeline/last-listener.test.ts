import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "#base/diagnostic.ts";
import { type CompilerEdit, defaultSettings, openCompiler, type RawObject } from "#compiler";
import { rawResource } from "../../../test/raw-object.ts";
import type { Clock } from "../clock.ts";
import { createPassingNotices } from "../report/passing-notices.ts";
import { createLastListener, lastListenerMs } from "./last-listener.ts";

function listener(name: string, port: number, ambassadorId = "default"): RawObject {
  const hostBinding = { namespace: { from: "ALL" } };
  const spec = { ambassador_id: [ambassadorId], port, protocol: "HTTP", securityModel: "XFP", hostBinding };
  return rawResource("Listener", "v3alpha1", spec, { name });
}

const mapping = rawResource(
  "Mapping",
  "v3alpha1",
  { hostname: "*", prefix: "/", service: "127.0.0.1:9" },
  { name: "shop" },
);

/** A clock whose time passes when it is told to. */
function handClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  let waiting: { readonly at: number; readonly run: () => void }[] = [];
  return {
    after(ms, run) {
      const one = { at: now + ms, run };
      waiting.push(one);
      return () => {
        waiting = waiting.filter((other) => other !== one);
      };
    },
    pass(ms) {
      now += ms;
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
  };
}

function start() {
  const compiler = openCompiler(defaultSettings, { strict: true });
  const clock = handClock();
  const told: Diagnostic[] = [];
  const push = (edits: readonly CompilerEdit[]): void => {
    compiler.apply(keeper.prepare(edits));
    compiler.commit();
  };
  const keeper = createLastListener({
    clock,
    ours: () => compiler.declared.objects.listeners.keys(),
    push,
    onKept: (notices) => told.push(...notices),
  });
  const set = (...objects: readonly RawObject[]): void =>
    push(objects.map((value) => ({ kind: "object", key: `file ${value.ref.name}`, value })));
  const remove = (...names: readonly string[]): void =>
    push(names.map((name) => ({ kind: "object", key: `file ${name}` })));
  const listening = (): readonly string[] => [...compiler.resources("listener")].map(({ name }) => name);
  set(mapping);
  return { clock, told, set, remove, listening };
}

const [legacy, main, other] = ["tcp-0.0.0.0-8080", "tcp-0.0.0.0-8081", "tcp-0.0.0.0-8082"];

test("the last Listener's port stays for a minute, and then those of 1.x open", () => {
  const { clock, told, set, remove, listening } = start();
  assert.deepEqual(listening(), [legacy]);
  set(listener("main", 8081), listener("other", 8082));
  assert.deepEqual(listening(), [main, other]);
  remove("other");
  assert.deepEqual([listening(), told], [[main], []]);
  remove("main");
  assert.deepEqual(listening(), [main]);
  assert.deepEqual(
    told.map(({ code, at }) => [code, at.ref.name]),
    [["listener/last-kept", "main"]],
  );
  clock.pass(lastListenerMs - 1);
  assert.deepEqual(listening(), [main]);
  clock.pass(1);
  assert.deepEqual(listening(), [legacy]);
});

test("a Listener that comes in the meantime takes its place at once, and for good", () => {
  const { clock, set, remove, listening } = start();
  set(listener("main", 8081));
  remove("main");
  set(listener("main", 8082));
  assert.deepEqual(listening(), [other]);
  clock.pass(lastListenerMs);
  assert.deepEqual(listening(), [other]);
});

test("a Listener of another instance neither keeps the ports nor stays", () => {
  const { told, set, remove, listening } = start();
  set(listener("main", 8081), listener("theirs", 8082, "other"));
  remove("main");
  assert.deepEqual([listening(), told.length], [[main], 1]);
  set(listener("main", 8081));
  remove("theirs");
  assert.deepEqual([listening(), told.length], [[main], 1]);
});

test("several that go together stay together", () => {
  const { clock, told, set, remove, listening } = start();
  set(listener("main", 8081), listener("other", 8082));
  remove("main", "other");
  assert.deepEqual([listening(), told.length], [[main, other], 2]);
  clock.pass(lastListenerMs);
  assert.deepEqual(listening(), [legacy]);
});

test("a notice stands for its time, anew when it comes again", () => {
  const clock = handClock();
  let gone = 0;
  const notices = createPassingNotices(clock, () => gone++);
  const at = { ref: mapping.ref, path: "" };
  const notice: Diagnostic = { code: "listener/drains", severity: "notice", at, message: "m" };
  notices.add([notice], 10);
  clock.pass(9);
  notices.add([{ ...notice, message: "n" }], 10);
  clock.pass(9);
  assert.deepEqual([notices.all().map(({ message }) => message), gone], [["n"], 0]);
  clock.pass(1);
  assert.deepEqual([notices.all(), gone], [[], 1]);
});
