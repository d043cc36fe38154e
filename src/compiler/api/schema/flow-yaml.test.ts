/** What is written on one line is read as what it was. */
import assert from "node:assert/strict";
import test from "node:test";
import { loadDocuments } from "../yaml.ts";
import { flowYaml } from "./flow-yaml.ts";

const texts = [
  "shop",
  "5xx",
  "1s",
  "600",
  "0644",
  "0x1f",
  "1e3",
  "12:30:45",
  "2024-01-01",
  "yes",
  "~",
  "",
  "a: b",
  "a:",
];
const more = [
  "*",
  "&a",
  "[x]",
  "{}",
  "#c",
  "a #b",
  "a\nb",
  "'",
  '"',
  "127.0.0.1",
  "1_000",
  ".5",
  "-1",
  "/shop/",
  "%",
  "null",
];

test("texts stay texts, as values, keys and items", () => {
  for (const text of [...texts, ...more]) {
    const value = { a: text, [`${text}x`]: [text, { b: text }] };
    assert.deepEqual(
      loadDocuments(flowYaml(value)),
      { kind: "documents", values: [value], duplicateKeys: false },
      text,
    );
  }
});

test("people would have written it so", () => {
  const value = { retry_on: "5xx", ttl: "1h", max_age: "600", ports: [80, 443], none: {}, off: false, x: null };
  const text = '{ retry_on: 5xx, ttl: 1h, max_age: "600", ports: [80, 443], none: {}, "off": false, x: null }';
  assert.equal(flowYaml(value), text);
});
