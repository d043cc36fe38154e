/** The table of variables against the source: what is read is in it, and what is in it is read. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { variables } from "./environment.ts";
import { idleSentences, idleVariables } from "./idle-environment.ts";

const root = join(import.meta.dirname, "..");
/** Handed from the keeper to control, not by an operator. */
const internal = ["DRAGOMAN_RUNTIME_DIR"];

function read(): ReadonlySet<string> {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$|^gen\/|cli\/(?:idle-)?environment\.ts$/.test(file),
  );
  const texts = files.map((file) => readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""));
  const name = /\b(?:(?:AES|AMBASSADOR|DRAGOMAN|CONSUL|DISABLE|ENVOY|POD)_[A-Z][A-Z_]+|KUBECONFIG)\b/g;
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

test("a name that nobody knows is told, unless it is of a Service or for manifests", () => {
  const env = {
    AMBASSADOR_NAMESPACES: "a",
    AMBASSADOR_PORT: "tcp://10.0.0.1:80",
    AMBASSADOR_ADMIN_SERVICE_PORT_AMBASSADOR_ADMIN: "8877",
    AMBASSADOR_PORT_80_TCP_ADDR: "10.0.0.1",
    AMBASSADOR_STAGE: "test",
    AMBASSADOR_NOTHING: "",
    DRAGOMAN_EXPAND_ENV: "OTHER, AMBASSADOR_STAGE",
    DRAGOMAN_RUNTIME_DIR: "/tmp",
  };
  assert.deepEqual(idleSentences(env), ["AMBASSADOR_NAMESPACES has no effect: no variable is called so"]);
});

test("every variable of the old systems has one line", () => {
  const names = [...variables, ...idleVariables].map(({ name }) => name);
  assert.deepEqual(names.length, new Set(names).size);
});
