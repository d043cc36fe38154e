/** Texts in bins: all of them, within bounds, and where they were before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillBins } from "./bins.ts";

const text = (kibibytes: number): string => "x".repeat(kibibytes * 1024);

test("texts go where there is room, and stay there", () => {
  const bins = fillBins(
    [],
    new Map([
      ["a", text(400)],
      ["b", text(400)],
      ["c", text(200)],
    ]),
  );
  assert.deepEqual(
    bins.map(({ number, entries }) => [number, [...entries.keys()]]),
    [
      [0, ["a", "c"]],
      [1, ["b"]],
    ],
  );
  const fewer = fillBins(
    bins,
    new Map([
      ["b", text(400)],
      ["c", text(250)],
      ["d", text(400)],
    ]),
  );
  assert.deepEqual(
    fewer.map(({ number, entries }) => [number, [...entries.keys()]]),
    [
      [0, ["c", "d"]],
      [1, ["b"]],
    ],
  );
});

test("a text that grows out of its bin moves, and one too large for any has one to itself", () => {
  const bins = fillBins(
    [],
    new Map([
      ["a", text(400)],
      ["b", text(200)],
    ]),
  );
  const grown = fillBins(
    bins,
    new Map([
      ["a", text(400)],
      ["b", text(500)],
      ["huge", text(900)],
    ]),
  );
  assert.deepEqual(
    grown.map(({ entries }) => [...entries.keys()]),
    [["a"], ["b"], ["huge"]],
  );
});

test("a bin that is not needed any more is empty, so that it can be written so", () => {
  const bins = fillBins([{ number: 3, entries: new Map([["a", "1"]]) }], new Map());
  assert.deepEqual(bins, [{ number: 3, entries: new Map(), bytes: 0 }]);
});
