/**
 * Where documents begin and end.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitDocuments } from "./split.ts";

function split(text: string): readonly [number, number, string][] {
  return [...splitDocuments(text)].map(({ number, line, text }) => [number, line, text]);
}

test("documents are cut at separators and keep their lines", () => {
  assert.deepEqual(split("a: 1\n---\nb: 2\n...\nc: 3\n"), [
    [1, 1, "a: 1\n"],
    [2, 2, "---\nb: 2\n"],
    [3, 4, "\nc: 3\n"],
  ]);
});

test("nothing but comments, blanks and separators is no document", () => {
  assert.deepEqual(split("# a\n---\n\n  \t\n--- # b\n...\n"), []);
  assert.deepEqual(split(""), []);
});

test("content may follow the separator on its line", () => {
  assert.deepEqual(split("--- {a: 1}\n--- |\n text\n"), [
    [1, 1, "--- {a: 1}\n"],
    [2, 2, "--- |\n text\n"],
  ]);
});

test("a separator is one only at the start of a line and alone in its word", () => {
  assert.equal(split("a: |\n  ---\n ---\nb: ---\n---x: 1\n----\n").length, 1);
});

test("a directive belongs to the document that its separator opens", () => {
  assert.deepEqual(split("a: 1\n...\n%YAML 1.2\n# c\n---\nb: 2\n"), [
    [1, 1, "a: 1\n"],
    [2, 2, "\n%YAML 1.2\n# c\n---\nb: 2\n"],
  ]);
});

test("a byte order mark before a separator is part of it", () => {
  assert.equal(split("a: 1\n\uFEFF---\nb: 2\n").length, 2);
});

test("every character of a text that matters is in exactly one document, in order", () => {
  const line = fc.constantFrom("---", "...", "a: 1", "", "# c", "%YAML 1.2", " x", "--- b", "\uFEFF---", "....");
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const text = lines.join("\n");
      let end = 0;
      for (const { start, text: piece, line } of splitDocuments(text)) {
        assert.ok(start >= end);
        assert.equal(text.slice(start, start + piece.length), piece);
        assert.equal(line, text.slice(0, start).split("\n").length);
        end = start + piece.length;
      }
    }),
  );
});
