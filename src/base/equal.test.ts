import { equal as same } from "node:assert/strict";
import { test } from "node:test";
import { equal } from "./equal.ts";

test("equal values", () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [1, 1],
    [Number.NaN, Number.NaN],
    [null, null],
    [
      { a: 1, b: [2, { c: 3 }] },
      { b: [2, { c: 3 }], a: 1 },
    ],
    [{ a: undefined }, {}],
    [{}, { a: undefined }],
    [[undefined], [undefined]],
    [Uint8Array.of(1, 2), Buffer.from([1, 2])],
  ];
  for (const [a, b] of pairs) same(equal(a, b), true, JSON.stringify([a, b]));
});

test("different values", () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [1, "1"],
    [0, false],
    [null, undefined],
    [null, {}],
    [{}, []],
    [[], {}],
    [[1], [1, 2]],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [
      { a: undefined, b: 1 },
      { a: 1, b: undefined },
    ],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [Uint8Array.of(1), Uint8Array.of(2)],
    [Uint8Array.of(1), [1]],
    [Uint8Array.of(), {}],
  ];
  for (const [a, b] of pairs) same(equal(a, b), false, JSON.stringify([a, b]));
});

test("bytes are compared by content, whatever they are a view of", () => {
  const shared = Uint8Array.of(0, 1, 2, 3);
  same(equal(shared.subarray(1, 3), Uint8Array.of(1, 2)), true);
  same(equal(shared.subarray(1, 3), Uint8Array.of(1, 2, 3)), false);
});
