/**
 * Whatever bytes a file holds, the reader gives objects and diagnostics.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createLocator } from "./locate.ts";
import { type ManifestReading, readManifest } from "./manifest.ts";
import { decodeText } from "./text.ts";

const good = `apiVersion: getambassador.io/v2
kind: Mapping
metadata: {name: good, labels: &l {a: b}}
spec:
  prefix: /good/
  cors: {origins: ["*"]}
  more: [*l, *l, 1.5, 'x', "y\\n"]
  text: |
    text
`;

test("the good manifest is one", () => {
  assert.equal(read(Buffer.from(good)).objects.length, 1);
});

function read(bytes: Uint8Array): ManifestReading {
  const options = { isKnownKind: () => true, defaultNamespace: "default", maxObjects: 100 };
  const steps = readManifest("a.yaml", decodeText(bytes), options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Whatever comes in: every object is plain JSON, every problem has a place, and all places can be found. */
function check(bytes: Uint8Array): void {
  const reading = read(bytes);
  for (const { value } of reading.objects) assert.ok(JSON.stringify(value));
  const locator = createLocator({
    placeOf: (ref) => reading.places.find((place) => place.ref.name === ref.name && place.ref.kind === ref.kind),
    annotated: () => reading.objects.map(({ value }) => value),
    textOf: () => decodeText(bytes).text,
  });
  const lines = decodeText(bytes).text.split("\n").length;
  for (const { at } of reading.diagnostics) {
    const position = locator.locate(at);
    assert.ok(position, JSON.stringify(at));
    assert.ok(position.line >= 1 && position.line <= lines && position.column >= 1);
  }
}

test("no bytes make the reader throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 2000 });
});

test("no text of YAML's own signs makes the reader throw", () => {
  const sign = fc.constantFrom(
    ..."-:?[]{},#&*!|>'\"%@` \n\t\r\0\\<a1~=.\uFEFF\u2028",
    "---",
    "\n--- ",
    "\n...\n",
    "<<: ",
    "*a",
    "&a ",
    "kind: ",
  );
  const text = fc.array(sign, { maxLength: 60 }).map((signs) => Buffer.from(signs.join("")));
  fc.assert(fc.property(text, check), { numRuns: 3000 });
});

test("no damage to a good manifest makes the reader throw", () => {
  const damage = fc.record({ at: fc.nat(good.length), drop: fc.nat(20), insert: fc.uint8Array({ maxLength: 8 }) });
  const damaged = fc.array(damage, { minLength: 1, maxLength: 4 }).map((wounds) => {
    let bytes = Buffer.from(good);
    for (const { at, drop, insert } of wounds) {
      bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);
    }
    return bytes;
  });
  fc.assert(fc.property(damaged, check), { numRuns: 2000 });
});

test("damage to one document leaves its neighbours as they are", () => {
  const noise = fc.uint8Array({ maxLength: 100 }).filter((bytes) => !Buffer.from(bytes).includes("---"));
  fc.assert(
    fc.property(noise, (bytes) => {
      const reading = read(
        Buffer.concat([Buffer.from(good), Buffer.from("\n---\n"), bytes, Buffer.from(`\n---\n${good}`)]),
      );
      assert.equal(reading.objects.filter(({ value }) => value.ref.name === "good").length, 2);
    }),
    { numRuns: 1000 },
  );
});
