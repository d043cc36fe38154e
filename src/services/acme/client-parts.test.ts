import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { readRegistration } from "./account.ts";
import { newAccountKeyPem, readAccountKey, UnusableKey } from "./account-key.ts";
import { readChain } from "./chain.ts";
import { describeProblem, readProblem } from "./problem.ts";
import { retryAfterMs } from "./retry-after.ts";

test("Retry-After is seconds or a date, and never more than a week", () => {
  const now = Date.parse("2030-01-01T00:00:00Z");
  const cases: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ["soon", undefined],
    ["0", 0],
    ["120", 120_000],
    ["99999999999", 7 * 24 * 3_600_000],
    ["Tue, 01 Jan 2030 00:01:00 GMT", 60_000],
    ["Mon, 31 Dec 2029 00:01:00 GMT", 0],
  ];
  for (const [text, ms] of cases) assert.equal(retryAfterMs(text, now), ms, text);
});

test("problems are told as Edge Stack's library told them, whatever an authority sends", () => {
  const type = "urn:ietf:params:acme:error:rejectedIdentifier";
  const identifier = { type: "dns", value: "a.test" };
  const full = {
    type,
    detail: "no",
    status: 403,
    instance: "https://ca/p/1",
    subproblems: [{ type, detail: "a", identifier }],
  };
  assert.equal(
    describeProblem(readProblem(full, 400)),
    `acme: error: 403 :: ${type} :: no, problem: "${type}" :: [a.test] a, url: https://ca/p/1`,
  );
  for (const nothing of [undefined, null, [], "text", {}, { detail: 7 }]) {
    assert.equal(
      describeProblem(readProblem(nothing, 502)),
      "acme: error: 502 :: about:blank :: the authority answered 502",
    );
  }
  assert.ok(readProblem({ detail: "x".repeat(9999) }, 400).detail.length < 2100);
});

test("a key is read whatever its format, and never quoted when it is of no use", async () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  assert.equal((await readAccountKey(newAccountKeyPem())).algorithm, "ES256");
  assert.equal((await readAccountKey(rsa.export({ type: "pkcs1", format: "pem" }).toString())).algorithm, "RS256");
  const ed25519 = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const broken = newAccountKeyPem().replace("MIG", "AAA");
  for (const bad of ["", "hunter2", broken, ed25519]) {
    await assert.rejects(readAccountKey(bad), (error) => {
      assert.ok(error instanceof UnusableKey);
      assert.doesNotMatch(error.message, /hunter2|AAA/);
      return error.cause === undefined;
    });
  }
});

test("what is stored is judged without faith", () => {
  const uri = "https://ca.test/acct/1";
  assert.deepEqual(readRegistration(JSON.stringify({ uri, body: { status: "valid" } })), {
    uri,
    body: { status: "valid" },
  });
  for (const bad of ["", "{", "null", "[]", "{}", '{"uri":7}', '{"uri":"no address"}']) {
    assert.equal(readRegistration(bad), undefined, bad);
  }
  for (const bad of ["", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
    assert.equal(readChain(bad), undefined, bad);
  }
});
