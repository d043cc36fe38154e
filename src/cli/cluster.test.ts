/** What of a cluster the environment asks for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CannotRun } from "./cannot-run.ts";
import { fieldSelectorFrom } from "./cluster.ts";

const select = (AMBASSADOR_FIELD_SELECTOR?: string) =>
  fieldSelectorFrom(AMBASSADOR_FIELD_SELECTOR === undefined ? {} : { AMBASSADOR_FIELD_SELECTOR });

test("fields that every kind has are asked for", () => {
  assert.equal(select(), undefined);
  assert.equal(select(""), undefined);
  assert.equal(select("metadata.namespace!=kube-system"), "metadata.namespace!=kube-system");
  assert.equal(select("metadata.namespace==a, metadata.name=b,"), "metadata.namespace==a,metadata.name=b");
});

test("others are refused before anything waits for them", () => {
  for (const text of ["type=Opaque", "metadata.namespace", "metadata.labels.app=x", "metadata.name in (a)"]) {
    assert.throws(() => select(text), CannotRun, text);
  }
});
