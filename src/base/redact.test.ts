/**
 * What looks like a secret goes; names, paths and sentences stay.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { redact } from "./redact.ts";

const random = createHash("sha512").update("x").digest("base64");

test("key material, tokens and passwords are removed", () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ["a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b", "a [PEM removed] b"],
    ["cut -----BEGIN PRIVATE KEY-----\nMIIE", "cut [PEM removed]"],
    ["authorization: Bearer abc.def-12345", "authorization: Bearer [removed]"],
    ["basic dXNlcjpwYXNz", "basic [removed]"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "jwt [token removed] end"],
    ["redis://user:secret@host:6379/0", "redis://user:[removed]@host:6379/0"],
    [`script load error: [string "t["a"]:1: = "s""]:1: attempt to`, "script load error: [script]:1: attempt to"],
    ['a [string \\"local x = \\"y\\"\\"]:1: b', "a [script]:1: b"],
    [`cut [string "t["a`, "cut [script]"],
    [`data ${random} end`, "data [long value removed] end"],
    [`data ${random.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`, "data [long value removed]"],
  ];
  for (const [text, expected] of rows) assert.equal(redact(text), expected);
});

test("names, paths and sentences stay", () => {
  const rows = [
    "/home/someone/Projects/company1/deployments/Production2/manifests/gateway.yaml",
    "cluster_quote_backend_backend_otls_tls_context_default_kubernetes-endpoint-resolver",
    "https://quote.example.com:8443/quote/",
    "a basic rule of the bearer",
    "listener 0.0.0.0:8443 has 200 filter chains",
  ];
  for (const text of rows) assert.equal(redact(text), text);
});

test("long texts take time in proportion to their length", () => {
  for (const text of [
    "a".repeat(1 << 20),
    "-----BEGIN ".repeat(1 << 16),
    "://a:".repeat(1 << 16),
    "eyJ".repeat(1 << 18),
  ]) {
    assert.ok(redact(text).length <= text.length + 100);
  }
});
