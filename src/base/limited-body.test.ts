import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { readLimited } from "./limited-body.ts";

const of = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test("a body that fits is read whole", async () => {
  assert.equal((await readLimited(of("ab", "cd"), 4))?.toString(), "abcd");
  assert.equal((await readLimited(of(), 0))?.toString(), "");
});

test("of a larger one nothing is kept, and its sender is not cut off", async () => {
  const body = of("ab", "cd", "e");
  const ended = new Promise((resolve) => body.on("end", resolve));
  assert.equal(await readLimited(body, 3), undefined);
  await ended;
});

test("a sender that goes away rejects", async () => {
  const body = of("ab");
  body.destroy(new Error("gone"));
  await assert.rejects(readLimited(body, 3), /gone/);
});
