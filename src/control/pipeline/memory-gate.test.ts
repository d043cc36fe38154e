import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompilerEdit } from "#compiler";
import { createMemoryGate } from "./memory-gate.ts";

const mebibyte = 1024 * 1024;

function object(kind: string, name: string): CompilerEdit {
  const group = kind === "Service" ? "" : "getambassador.io";
  const ref = { group, kind, namespace: "default", name };
  const value = { ref, version: "v1", labels: {}, annotations: {}, created: "", body: {} };
  return { kind: "object", key: `${kind}/${name}`, value };
}

/** A gate before a compiler whose objects take a mebibyte each, with room for ten up to the limit. */
function setUp() {
  const compiled = new Set<string>();
  const timers: (() => void)[] = [];
  let garbage = 0;
  let changes = 0;
  const gate = createMemoryGate({
    heap: {
      limit: 10 * mebibyte,
      used: () => (compiled.size + garbage) * mebibyte,
      held: () => compiled.size * mebibyte,
    },
    clock: {
      after(_ms, action) {
        timers.push(action);
        return () => undefined;
      },
    },
    isIn: (key) => compiled.has(key),
    push: (edits) => compile(gate.admit(edits)),
    onChange: () => void changes++,
  });

  function compile(edits: readonly CompilerEdit[]): void {
    for (const edit of edits) {
      if (edit.kind !== "object") continue;
      if (edit.value) compiled.add(edit.key);
      else compiled.delete(edit.key);
    }
    const rest = edits.length > 0 ? gate.more() : [];
    if (rest.length > 0) compile(rest);
  }

  return {
    compiled,
    push: (...edits: readonly CompilerEdit[]) => compile(gate.admit(edits)),
    refused: () => gate.diagnostics().map(({ at }) => at.ref.name),
    tick: () => timers.shift()?.(),
    litter: (count: number) => {
      garbage = count;
    },
    changes: () => changes,
    gate,
  };
}

const mappings = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => object("Mapping", String(from + i)));

test("new objects are turned away while the heap is nearly full; edits, deletions and endpoints are not", () => {
  const { push, refused, compiled } = setUp();
  for (const one of mappings(0, 8)) push(one);
  assert.deepEqual(refused(), []);
  push(object("Mapping", "8"), object("Mapping", "3"), object("Service", "a"));
  assert.deepEqual(refused(), ["8"]);
  assert.deepEqual([compiled.has("Mapping/3"), compiled.has("Service/a"), compiled.size], [true, true, 9]);
});

test("each one that is turned away is told of", () => {
  const { push, gate, changes } = setUp();
  for (const one of mappings(0, 9)) push(one);
  const [diagnostic] = gate.diagnostics();
  assert.equal(diagnostic?.code, "memory/full");
  assert.match(diagnostic?.message ?? "", /may use 10 MiB$/);
  assert.equal(changes(), 1);
});

test("what was turned away comes in when there is room, or goes", () => {
  const { push, refused, compiled, tick } = setUp();
  for (const one of mappings(0, 10)) push(one);
  assert.deepEqual(refused(), ["8", "9"]);
  push({ kind: "object", key: "Mapping/9" });
  tick();
  assert.deepEqual(refused(), ["8"]);
  push({ kind: "object", key: "Mapping/0" }, { kind: "object", key: "Mapping/1" });
  tick();
  assert.deepEqual([refused(), compiled.has("Mapping/8")], [[], true]);
});

test("garbage does not count", () => {
  const { push, refused, litter } = setUp();
  litter(9);
  push(object("Mapping", "0"));
  assert.deepEqual(refused(), []);
});

test("a batch that is too large for what is left is taken in by parts", () => {
  const { push, refused, compiled } = setUp();
  push(...mappings(0, 500));
  assert.ok(compiled.size < 500, String(compiled.size));
  assert.equal(compiled.size + refused().length, 500);
});
