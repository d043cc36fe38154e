import assert from "node:assert/strict";
import { test } from "node:test";
import { concatenated, field } from "./bytes.ts";

test("bytes that are kept share their memory with nothing else", () => {
  const short = field(1, Buffer.from("a"));
  for (const bytes of [short, field(2, short), concatenated([short, short])]) {
    assert.equal(bytes.buffer.byteLength, bytes.byteLength);
  }
});
