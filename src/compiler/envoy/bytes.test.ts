import assert from "node:assert/strict";
import { test } from "node:test";
import { toBytes } from "../ir/encoded.ts";
import { concatenated, field, fieldAt, slice } from "./bytes.ts";

test("a field's content is found again, whatever bytes it has", () => {
  for (const length of [0, 1, 127, 128, 70_000]) {
    const content = toBytes(Uint8Array.from({ length }, (_, index) => 255 - (index % 256)));
    const framed = concatenated([field(1, content), field(21, content, content)]);
    const first = fieldAt(framed, 0);
    assert.equal(slice(framed, first.start, first.end), content);
    const second = fieldAt(framed, first.end);
    assert.equal(slice(framed, second.start, second.end), content + content);
    assert.equal(second.end, framed.length);
  }
});
