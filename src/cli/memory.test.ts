import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyHeap, heapFlags, memoryLimit } from "./memory.ts";

const mebibyte = 1024 * 1024;

test("the container's limit counts, unless there is none or the environment says otherwise", () => {
  assert.equal(memoryLimit({}, 600 * mebibyte), 600 * mebibyte);
  assert.equal(memoryLimit({}, 2 ** 64), undefined);
  assert.equal(memoryLimit({}, 0), undefined);
  assert.equal(memoryLimit({ DRAGOMAN_MEMORY: "none" }, 600 * mebibyte), undefined);
  assert.equal(memoryLimit({ DRAGOMAN_MEMORY: "1Gi" }, 600 * mebibyte), 1024 * mebibyte);
  assert.throws(() => memoryLimit({ DRAGOMAN_MEMORY: "much" }, 0), /"much" is neither an amount/);
  assert.throws(() => memoryLimit({ DRAGOMAN_MEMORY: "64Mi" }, 0), /less than 192Mi/);
});

test("half is for the heap of control, and the rest but for the keeper's for Envoy", () => {
  assert.deepEqual(heapFlags(600 * mebibyte, []), ["--expose-gc", "--max-old-space-size=300"]);
  assert.deepEqual(envoyHeap(600 * mebibyte, false), { maxHeapBytes: 236 * mebibyte });
  assert.deepEqual(envoyHeap(600 * mebibyte, true), { maxHeapBytes: 536 * mebibyte });
  assert.deepEqual([heapFlags(undefined, []), envoyHeap(undefined, true)], [["--expose-gc"], {}]);
});

test("what the user says of the heap counts", () => {
  const flags = heapFlags(600 * mebibyte, ["--max_old_space_size=400"]);
  assert.deepEqual(flags, ["--expose-gc"]);
});
