/** Lines of JSON, however the network cuts them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NoAnswer } from "./failure.ts";
import { jsonLines } from "./lines.ts";

async function read(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const some of jsonLines(iterate(chunks))) values.push(...some);
  return values;
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

test("the same values come out, wherever the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.nat(400)), async (values, cuts) => {
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = places.map((place, i) => bytes.subarray(place, places[i + 1]));
      // JSON has no -0.
      assert.deepEqual(await read(chunks), JSON.parse(JSON.stringify(values)));
    }),
  );
});

test("a last line without an end is left out", async () => {
  assert.deepEqual(await read([Buffer.from('{"a":1}\n{"b":')]), [{ a: 1 }]);
});

test("what is no JSON, or without end, is no answer of an API server", async () => {
  await assert.rejects(read([Buffer.from("<html>\n")]), NoAnswer);
  const piece = Buffer.alloc(1 << 20, "x");
  await assert.rejects(read(Array.from({ length: 20 }, () => piece)), NoAnswer);
});
