/**
 * Paths to places in a text.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { duplicateFields, findNode, guessField, parsePath, textTree } from "./positions.ts";

const text = `metadata: &m
  name: x
spec:
  "quoted.key": 1
  cors:
    origins:
    - a
    - {b: c}
  copy: *m
  merged:
    <<: *m
    own: 1
`;

function lineOf(path: string, of: string = text): { line: number; exact: boolean } {
  const tree = textTree(of);
  assert.ok(tree);
  const { offset, exact } = findNode(tree, parsePath(path));
  return { line: of.slice(0, offset).split("\n").length, exact };
}

test("a path leads to the line of its field", () => {
  assert.deepEqual(lineOf(".metadata.name"), { line: 2, exact: true });
  assert.deepEqual(lineOf(".spec.cors.origins[1].b"), { line: 8, exact: true });
  assert.deepEqual(lineOf('.spec["quoted.key"]'), { line: 4, exact: true });
});

test("a path that the text does not have leads to the nearest field above it", () => {
  assert.deepEqual(lineOf(".spec.cors.origins[7]"), { line: 6, exact: false });
  assert.deepEqual(lineOf(".spec.cors.max_age"), { line: 5, exact: false });
  assert.deepEqual(lineOf(".nothing"), { line: 1, exact: false });
});

test("aliases and merge keys lead to what they stand for", () => {
  assert.deepEqual(lineOf(".spec.copy.name"), { line: 2, exact: true });
  assert.deepEqual(lineOf(".spec.merged.name"), { line: 2, exact: true });
  assert.deepEqual(lineOf(".spec.merged.own"), { line: 12, exact: true });
});

test("JSON has positions too", () => {
  assert.deepEqual(lineOf(".spec.prefix", '{\n\t"spec": {\n\t\t"prefix": "/"\n\t}\n}\n'), { line: 3, exact: true });
});

test("fields given twice are found at every depth", () => {
  const found = duplicateFields("a: 1\nb:\n- c: 1\n  c: 2\n  c: 3\na: 2\n");
  assert.deepEqual(
    found.map(({ steps }) => steps.join("/")),
    ["b/0/c", "b/0/c", "a"],
  );
});

test("the field of a broken text is guessed from its indentation", () => {
  const broken = "kind: Mapping\nmetadata:\n  name: a\nspec:\n  cors:\n    origins: [a\n";
  assert.equal(guessField(broken, broken.length), ".spec.cors.origins");
  assert.equal(guessField("{{{", 3), "");
});

test("a text that does not parse has no tree", () => {
  assert.equal(textTree("a: [1"), undefined);
});
