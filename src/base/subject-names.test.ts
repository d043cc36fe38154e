import assert from "node:assert/strict";
import { test } from "node:test";
import { subjectNames } from "./subject-names.ts";

test("DNS names and URIs are names, addresses are not", () => {
  const text = "DNS:edge-1.example, IP Address:127.0.0.1, URI:spiffe://example/edge-1, email:a@b.example";
  assert.deepEqual(subjectNames(text), ["edge-1.example", "spiffe://example/edge-1"]);
  assert.deepEqual(subjectNames(undefined), []);
  assert.deepEqual(subjectNames(""), []);
});

test("a name that holds another one in quotes is none", () => {
  assert.deepEqual(subjectNames('DNS:"a, DNS:edge-1.example", DNS:b.example'), ["b.example"]);
  assert.deepEqual(subjectNames('othername:"x\\", DNS:edge-1.example"'), []);
});
