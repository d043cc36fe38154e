/** The table of variables against the source: what is read is in it, and what is in it is read. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { idleSentences, idleVariables, variables } from "./environment.ts";

const root = join(import.meta.dirname, "..");
/** Handed from the keeper to control, not by an operator. */
const internal = ["DRAGOMAN_RUNTIME_DIR"];

function read(): ReadonlySet<string> {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$|^gen\/|cli\/environment\.ts$/.test(file),
  );
  const texts = files.map((file) => readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""));
  const name = /\b(?:(?:AMBASSADOR|DRAGOMAN|CONSUL|DISABLE|ENVOY)_[A-Z][A-Z_]+|KUBECONFIG)\b/g;
  return new Set(texts.flatMap((text) => [...text.matchAll(name)].map(([found]) => found)));
}

test("every variable that is read is in the table, and the other way round", () => {
  const known = variables.map(({ name }) => name);
  assert.deepEqual([...read()].sort(), [...known, ...internal].sort());
});

test("no variable is both read and without an effect", () => {
  const found = read();
  assert.deepEqual(
    idleVariables.filter(({ name }) => found.has(name)),
    [],
  );
});

test("a variable without an effect is named, unless it is empty", () => {
  const env = { STATSD_ENABLED: "true", AMBASSADOR_DEBUG: "", AMBASSADOR_ID: "blue" };
  assert.deepEqual(idleSentences(env), [
    "STATSD_ENABLED has no effect: statistics are at /metrics of the admin interface",
  ]);
});
