/**
 * The reference pages have a sentence for every field of every kind.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { moduleConfigSchema } from "./ambassador/module-config.ts";
import type { Kind } from "./kind.ts";
import { ambassadorKinds } from "./kinds.ts";
import { referencePages } from "./reference.ts";
import { rowsOf } from "./schema/rows.ts";

const kinds = ambassadorKinds as readonly unknown[] as readonly Kind[];
const schemas = [
  ...kinds.map((kind) => [kind.kind, kind.schema] as const),
  ["Module config", moduleConfigSchema] as const,
];

for (const [name, schema] of schemas) {
  test(`${name}: every field has a sentence, and exists in some version`, () => {
    for (const row of rowsOf(schema, ["v0", "v1", "v2", "v3alpha1"])) {
      assert.match(row.doc, /^[A-Z`].*[.)]$/, row.path);
      assert.ok(row.versions.length > 0, row.path);
    }
  });
}

test("there is a page per kind and one that links them", () => {
  const pages = referencePages();
  assert.deepEqual(pages.map((page) => page.name).slice(0, 6), [
    "README.md",
    "listener.md",
    "host.md",
    "mapping.md",
    "tcp-mapping.md",
    "tls-context.md",
  ]);
  for (const page of pages.slice(1)) assert.ok(pages[0]?.text.includes(`(${page.name})`), page.name);
});

test("tables are tables: every row has the columns of the head", () => {
  for (const { name, text } of referencePages()) {
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const widths = new Set(rows.map((row) => row.replaceAll("\\|", "").split("|").length));
    assert.equal(widths.size, 1, name);
  }
});
