import assert from "node:assert/strict";
import { test } from "node:test";
import { conceal } from "./conceal.ts";

const cases: readonly (readonly [what: string, value: unknown, shown: unknown])[] = [
  [
    "headers that hold credentials",
    [
      { header: { key: "Authorization", value: "canary" } },
      { name: "x-api-key", match: { kind: "exact", value: "canary" } },
    ],
    [{ header: { key: "Authorization", value: "<redacted>" } }, { name: "x-api-key", match: "<redacted>" }],
  ],
  [
    "Envoy's matchers",
    { name: "token", string_match: { exact: "canary" } },
    { name: "token", string_match: "<redacted>" },
  ],
  [
    "fields by name",
    { private_key: "canary", privateKey: "canary", password: "canary" },
    {
      private_key: "<redacted>",
      privateKey: "<redacted>",
      password: "<redacted>",
    },
  ],
  [
    "key material in any text",
    { a: "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----" },
    { a: "[PEM removed]" },
  ],
  [
    "nothing else",
    { name: "x-tenant", value: "acme", secret: { name: "default/cert" }, n: 1, list: [null, true] },
    { name: "x-tenant", value: "acme", secret: { name: "default/cert" }, n: 1, list: [null, true] },
  ],
];

for (const [what, value, shown] of cases) {
  test(`conceals ${what}`, () => assert.deepEqual(conceal(value), shown));
}
