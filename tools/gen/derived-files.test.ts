/**
 * What is derived from the schemas and committed is up to date.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { staleFiles } from "./derived-files.ts";

test("CRDs and reference pages are what the schemas say (else: make gen)", async () => {
  assert.deepEqual(await staleFiles(join(import.meta.dirname, "../..")), []);
});
