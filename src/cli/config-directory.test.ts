/** Where manifests are by default. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CannotRun } from "./cannot-run.ts";
import { configDirectory } from "./config-directory.ts";

const base = mkdtempSync(join(tmpdir(), "dragoman-config-"));
const standard = join(base, "ambassador-config");
mkdirSync(standard);
after(() => rmSync(base, { recursive: true }));

test("the directory that is named, else the one below the base", () => {
  assert.equal(configDirectory({ AMBASSADOR_CONFIG_DIR: base, AMBASSADOR_CONFIG_BASE_DIR: "/nowhere" }), base);
  assert.equal(configDirectory({ AMBASSADOR_CONFIG_BASE_DIR: base }), standard);
});

test("a directory that is not there is one sentence", () => {
  assert.throws(() => configDirectory({ AMBASSADOR_CONFIG_DIR: "/nowhere" }), CannotRun);
});
