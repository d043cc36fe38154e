import assert from "node:assert/strict";
import { test } from "node:test";
import { type CompilerEdit, defaultSettings, openCompiler, withhold } from "#compiler";
import { rawObject } from "../../test/raw-object.ts";
import { createLastGoodKeeper } from "./last-good.ts";

const secret = rawObject("Secret", "v1", { type: "kubernetes.io/tls", data: { "tls.crt": "Yw==" } });
const edit = (value: typeof secret): CompilerEdit => ({ kind: "object", key: "secret", value });

/** A keeper with a compiler that has compiled these versions, one after another. */
function after(...versions: readonly (typeof secret)[]) {
  const compiler = openCompiler(defaultSettings, { strict: true });
  const keeper = createLastGoodKeeper(compiler, []);
  for (const version of versions) {
    compiler.apply([edit(version), ...keeper.before([edit(version)])]);
    compiler.commit();
    keeper.after(1);
    keeper.forget(1);
  }
  return keeper;
}

test("the version before a change is kept until what came of it is acknowledged", () => {
  const keeper = after(secret);
  keeper.before([edit({ ...secret, labels: { changed: "yes" } })]);
  assert.deepEqual([...keeper.recent.values()][0]?.previous, secret);
  keeper.after(2);
  keeper.forget(2);
  assert.equal(keeper.recent.size, 0);
});

test("a Secret whose data is dropped leaves none of it behind, and is no version to go back to", () => {
  const keeper = after(secret);
  keeper.before([edit(withhold(secret))]);
  assert.equal(keeper.recent.size, 0);
  const later = after(withhold(secret));
  assert.deepEqual(later.before([edit(secret)]), []);
  assert.equal([...later.recent.values()][0]?.previous, undefined);
});
