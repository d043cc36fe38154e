import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shareOut } from "./weights.ts";

type Weight = number | undefined;

function share(...weights: readonly Weight[]) {
  const items = weights.map((weight, i) => ({ weight, name: i }));
  const { shares, ignored, unclaimed } = shareOut(items, (item) => item.weight);
  return [shares.map(({ item, upTo }) => [item.name, upTo]), ignored.map(({ name }) => name), unclaimed];
}

test("shares of canaries", () => {
  const rows: readonly (readonly [readonly Weight[], readonly unknown[]])[] = [
    [[undefined], [[[0, 100]], [], 0]],
    [
      [undefined, undefined, undefined],
      [
        [
          [0, 33],
          [1, 66],
          [2, 100],
        ],
        [],
        0,
      ],
    ],
    [
      [25, undefined, undefined],
      [
        [
          [0, 25],
          [1, 63],
          [2, 100],
        ],
        [],
        0,
      ],
    ],
    [
      [undefined, 10],
      [
        [
          [1, 10],
          [0, 100],
        ],
        [],
        0,
      ],
    ],
    [
      [10, 30, undefined],
      [
        [
          [0, 10],
          [1, 40],
          [2, 100],
        ],
        [],
        0,
      ],
    ],
    [
      [50, 50],
      [
        [
          [0, 50],
          [1, 100],
        ],
        [],
        0,
      ],
    ],
    [
      [50, 50, undefined],
      [
        [
          [0, 50],
          [1, 100],
          [2, 100],
        ],
        [],
        0,
      ],
    ],
    [
      [10, 20],
      [
        [
          [0, 10],
          [1, 30],
        ],
        [],
        70,
      ],
    ],
    [
      [60, 50],
      [
        [
          [0, 60],
          [1, 100],
        ],
        [1],
        0,
      ],
    ],
    [
      [-1, 50],
      [
        [
          [1, 50],
          [0, 100],
        ],
        [0],
        0,
      ],
    ],
    [[101], [[[0, 100]], [0], 0]],
    [
      [0, 0],
      [
        [
          [0, 0],
          [1, 0],
        ],
        [],
        100,
      ],
    ],
    [[], [[], [], 100]],
  ];
  for (const [weights, expected] of rows) deepEqual(share(...weights), expected, JSON.stringify(weights));
});

test("shares never go down, end at 100 or at what was asked for, and hold every item once", () => {
  const weight = fc.option(fc.integer({ min: -10, max: 130 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 8 }), (weights) => {
      const { shares, unclaimed } = shareOut(
        weights.map((value, i) => ({ value, i })),
        ({ value }) => value,
      );
      const ends = shares.map(({ upTo }) => upTo);
      ok(ends.every((upTo, i) => upTo >= (ends[i - 1] ?? 0) && upTo <= 100));
      deepEqual(ends.at(-1), 100 - unclaimed);
      deepEqual(shares.map(({ item }) => item.i).sort(), weights.map((_, i) => i).sort());
    }),
  );
});
