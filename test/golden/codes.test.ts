/** Every diagnostic code is produced by a case, or listed in unproduced.yaml with the reason why it cannot be. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { diagnosticCodes } from "#base/diagnostic-codes.ts";

test("every diagnostic code is produced by a case", () => {
  const texts = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("diagnostics.txt"))
    .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"));
  const produced = new Set(texts.flatMap((text) => [...text.matchAll(/^\w+\[([a-z0-9/-]+)\]/gm)].map((match) => match[1] ?? "")));
  const exempt = parse(readFileSync(join(import.meta.dirname, "unproduced.yaml"), "utf8")) as Record<string, string>;
  const missing = Object.keys(diagnosticCodes).filter((code) => !produced.has(code) && !(code in exempt));
  const stale = Object.keys(exempt).filter((code) => produced.has(code) || !(code in diagnosticCodes));
  assert.deepEqual({ missing, stale }, { missing: [], stale: [] });
});
