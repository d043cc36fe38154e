import { deepEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { readMessagePack } from "./message-pack.ts";

const rows: readonly (readonly [hex: string, value: unknown])[] = [
  ["c0", null],
  ["c2", false],
  ["c3", true],
  ["7f", 127],
  ["ff", -1],
  ["cd0100", 256],
  ["cf0000000000000001", 1],
  ["d1ffff", -1],
  ["d3ffffffffffffffff", -1],
  ["ca3f800000", 1],
  ["cb3ff8000000000000", 1.5],
  ["a16b", "k"],
  ["d9026b6b", "kk"],
  ["c4016b", "k"],
  ["92a16101", ["a", 1]],
  ["dc0001c0", [null]],
  ["81a1619101", { a: [1] }],
  ["de0001a16102", { a: 2 }],
];

for (const [hex, value] of rows) {
  test(`${hex} is ${JSON.stringify(value)}`, () => deepEqual(readMessagePack(Buffer.from(hex, "hex")), value));
}

test("extensions are not read", () => {
  throws(() => readMessagePack(Buffer.from("d400", "hex")), /0xd4 is not read/);
});
