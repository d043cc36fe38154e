import assert from "node:assert/strict";
import { test } from "node:test";
import { certificatesFrom, obtainsCertificates } from "./certificates.ts";

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
