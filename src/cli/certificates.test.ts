import assert from "node:assert/strict";
import { test } from "node:test";
import { acmeChoice, certificatesFrom, obtainsCertificates } from "./certificates.ts";

const cluster = { isCluster: true, stateDirectory: undefined };
const files = { isCluster: false, stateDirectory: "/nowhere/dragoman-state" };
const neither = { isCluster: false, stateDirectory: undefined };

test("certificates are obtained in a cluster or with a state directory, unless that is switched off", () => {
  assert.deepEqual(
    [cluster, files, neither].map((place) => obtainsCertificates(place, {})),
    [true, true, false],
  );
  for (const text of ["true", "1", "Yes"]) {
    assert.equal(obtainsCertificates(cluster, { AES_ACME_LEADER_DISABLE: text }), false);
    assert.equal(obtainsCertificates(files, { AES_ACME_LEADER_DISABLE: text }), false);
  }
});

test("statuses of a cluster's Hosts are told all the same, and nothing is done elsewhere", async () => {
  const off = { AES_ACME_LEADER_DISABLE: "true" };
  assert.ok((await certificatesFrom(cluster, off, () => undefined))?.leader);
  assert.equal(await certificatesFrom(files, off, () => undefined), undefined);
  assert.equal(await certificatesFrom(neither, {}, () => undefined), undefined);
});

test("what an operator wants of certificates and accounts is read strictly", () => {
  assert.deepEqual(acmeChoice({}), { keyKind: "ecdsa-p256" });
  const [id, hmacKey] = ["kid-1", "c2VjcmV0"];
  const account = { DRAGOMAN_ACME_EXTERNAL_ACCOUNT: id, DRAGOMAN_ACME_EXTERNAL_ACCOUNT_KEY: hmacKey };
  assert.deepEqual(acmeChoice({ ...account, DRAGOMAN_ACME_KEYS: "rsa-2048", DRAGOMAN_ACME_CHAIN: "Root X1" }), {
    keyKind: "rsa-2048",
    preferredChain: "Root X1",
    externalAccount: { id, hmacKey },
  });
  assert.throws(() => acmeChoice({ DRAGOMAN_ACME_KEYS: "rsa" }), /"rsa" is neither ecdsa-p256 nor rsa-2048/);
  for (const wrong of [
    { DRAGOMAN_ACME_EXTERNAL_ACCOUNT: id },
    { ...account, DRAGOMAN_ACME_EXTERNAL_ACCOUNT_KEY: "a b" },
  ])
    assert.throws(() => acmeChoice(wrong), /needs its key/);
});
