/** The transition function as a table: what is known, what the status says, what is done next. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AcmeHost, CertificateSpec } from "./acme-host.ts";
import type { Chain } from "./chain.ts";
import { decide, type Facts, type Step } from "./decide.ts";
import { type HostStatus, readFailure } from "./host-status.ts";
import type { StoredCertificate } from "./renewal.ts";
import { nextFailure } from "./retry.ts";

const now = Date.parse("2030-01-01T00:00:00Z");
const [minute, day] = [60_000, 24 * 3_600_000];

const applied: CertificateSpec = { hostname: "echo.shop.test", acmeProvider: { email: "a@shop.test" } };
const filled: CertificateSpec = {
  hostname: "echo.shop.test",
  acmeProvider: { authority: "https://ca.test/dir", privateKeySecret: { name: "account" } },
  tlsSecret: { name: "cert" },
};
const registered: CertificateSpec = {
  ...filled,
  acmeProvider: { ...filled.acmeProvider, registration: '{"uri":"https://ca.test/acct/1"}' },
};
const hostOf = (spec: CertificateSpec): AcmeHost => ({ namespace: "default", name: "echo", created: "", spec });

function stored(given: {
  readonly names?: readonly string[];
  readonly ageDays?: number;
  readonly isKeyOf?: boolean;
}): StoredCertificate {
  const notBefore = now - (given.ageDays ?? 1) * day;
  const chain = {
    names: given.names ?? ["echo.shop.test"],
    notBefore,
    notAfter: notBefore + 90 * day,
    renewalId: "a.b",
  };
  return { kind: "present", chain: chain as unknown as Chain, isKeyOf: given.isKeyOf ?? true };
}

function facts(given: Partial<Facts>): Facts {
  return {
    now,
    host: hostOf(registered),
    source: "ACME",
    accountKey: { kind: "present" },
    certificate: { kind: "missing" },
    renewal: { wanted: ["echo.shop.test"], chance: 0 },
    lookedUp: {},
    ...given,
  };
}

const dns = nextFailure({ reason: "… urn:ietf:params:acme:error:dns :: SERVFAIL", at: now - minute }, undefined, 0);
const refused = nextFailure(
  { reason: "… urn:ietf:params:acme:error:unauthorized :: no", at: now - minute },
  undefined,
  0,
);
const failed = (failure: typeof dns) => ({
  errorReason: failure.reason,
  errorTimestamp: "2029-12-31T23:59:00Z",
  errorBackoff: failure === dns ? "2m0s" : "10m0s",
});

interface Row {
  readonly given: Partial<Facts>;
  readonly status: Omit<HostStatus, "tlsCertificateSource">;
  readonly step: Step | Step["kind"];
}

const challenge = { phaseCompleted: "ACMEUserRegistered", phasePending: "ACMECertificateChallenge" } as const;
const obtain = (because: string): Step => ({ kind: "obtain", because });
const forEver: Step = { kind: "wait", lookUp: false };

const rows: Readonly<Record<string, Row>> = {
  "a Host as applied has its defaults filled in": {
    given: { host: hostOf(applied) },
    status: { state: "Pending", phaseCompleted: "NA", phasePending: "DefaultsFilled" },
    step: "fill-defaults",
  },
  "then its account's key is made": {
    given: { host: hostOf(filled), accountKey: { kind: "missing" } },
    status: { state: "Pending", phaseCompleted: "DefaultsFilled", phasePending: "ACMEUserPrivateKeyCreated" },
    step: "create-key",
  },
  "a key that nobody can read is not replaced": {
    given: { host: hostOf(filled), accountKey: { kind: "broken", why: "it holds no private key as PEM" } },
    status: {
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      phasePending: "ACMEUserPrivateKeyCreated",
      errorReason: "privateKeySecret is not usable: it holds no private key as PEM",
      errorTimestamp: "2030-01-01T00:00:00Z",
    },
    step: forEver,
  },
  "then it is registered": {
    given: { host: hostOf(filled) },
    status: { state: "Pending", phaseCompleted: "ACMEUserPrivateKeyCreated", phasePending: "ACMEUserRegistered" },
    step: "register",
  },
  "then a certificate is ordered": {
    given: {},
    status: { state: "Pending", ...challenge },
    step: obtain("tlsSecret does not exist"),
  },
  "and then there is nothing to do until a third of its life is left": {
    given: { certificate: stored({}) },
    status: { state: "Ready" },
    step: { kind: "wait", until: now + 59 * day, lookUp: false },
  },
  "a certificate that serves needs no account": {
    given: { host: hostOf(filled), accountKey: { kind: "missing" }, certificate: stored({}) },
    status: { state: "Ready" },
    step: "wait",
  },
  "one that is renewed serves meanwhile": {
    given: { certificate: stored({ ageDays: 61 }) },
    status: { state: "Ready" },
    step: { kind: "obtain", because: "the certificate expires at 2030-01-30T00:00:00Z", replaces: "a.b" },
  },
  "one that has expired serves nobody": {
    given: { certificate: stored({ ageDays: 91 }) },
    status: { state: "Pending", ...challenge },
    step: "obtain",
  },
  "another name makes a new order": {
    given: { certificate: stored({}), renewal: { wanted: ["echo.shop.test", "quote.shop.test"], chance: 0 } },
    status: { state: "Pending", ...challenge },
    step: { kind: "obtain", because: "the certificate is not for quote.shop.test", replaces: "a.b" },
  },
  "a certificate for other names alone is not replaced, but forgotten": {
    given: { certificate: stored({ names: ["former.shop.test"] }) },
    status: { state: "Pending", ...challenge },
    step: { kind: "obtain", because: "the certificate is not for echo.shop.test" },
  },
  "a name fewer does not": {
    given: { certificate: stored({ names: ["echo.shop.test", "old.shop.test"] }) },
    status: { state: "Ready" },
    step: "wait",
  },
  "somebody's wildcard will do": {
    given: { certificate: stored({ names: ["*.shop.test"] }) },
    status: { state: "Ready" },
    step: "wait",
  },
  "a key that is another's makes a new order": {
    given: { certificate: stored({ isKeyOf: false }) },
    status: { state: "Pending", ...challenge },
    step: { kind: "obtain", because: "tls.key does not belong to tls.crt", replaces: "a.b" },
  },
  "and so does somebody who wants it revoked, while it serves": {
    given: { certificate: { ...stored({}), revoke: "superseded" } as StoredCertificate },
    status: { state: "Ready" },
    step: { kind: "obtain", because: "its revocation is asked for (superseded)", replaces: "a.b" },
  },
  "and so does a Secret with something else in it": {
    given: { certificate: { kind: "broken", why: "tls.crt holds no certificate" } },
    status: { state: "Pending", ...challenge },
    step: obtain("tlsSecret is not usable: tls.crt holds no certificate"),
  },
  "after a failure nothing is tried for a while": {
    given: { failure: refused },
    status: { state: "Error", ...challenge, ...failed(refused) },
    step: { kind: "wait", until: now + 9 * minute, lookUp: false },
  },
  "names that do not resolve are watched": {
    given: { failure: dns },
    status: { state: "Error", ...challenge, ...failed(dns) },
    step: { kind: "wait", until: now + minute, lookUp: true },
  },
  "and tried at once when they do": {
    given: { failure: dns, lookedUp: { changedAt: now } },
    status: { state: "Pending", ...challenge },
    step: "obtain",
  },
  "but not more than once a minute": {
    given: { failure: dns, lookedUp: { changedAt: now, lastEarlyAt: now - 30_000 } },
    status: { state: "Error", ...challenge, ...failed(dns) },
    step: { kind: "wait", until: now + 30_000, lookUp: true },
  },
  "other failures wait, whatever the DNS says": {
    given: { failure: refused, lookedUp: { changedAt: now } },
    status: { state: "Error", ...challenge, ...failed(refused) },
    step: "wait",
  },
  "when the time has come it is tried again": {
    given: { failure: refused, now: now + 9 * minute },
    status: { state: "Pending", ...challenge },
    step: "obtain",
  },
  "a renewal that fails is told although the old certificate serves": {
    given: { failure: refused, certificate: stored({ ageDays: 61 }) },
    status: { state: "Error", ...challenge, ...failed(refused) },
    step: "wait",
  },
  "a failure is forgotten when somebody puts a good certificate there": {
    given: { failure: refused, certificate: stored({}) },
    status: { state: "Ready" },
    step: "wait",
  },
  "patterns cannot be ordered": {
    given: { host: hostOf({ ...registered, hostname: "*.shop.test" }) },
    status: {
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      errorReason: 'an authority issues certificates for exact host names alone, and "*.shop.test" is none',
      errorTimestamp: "2030-01-01T00:00:00Z",
    },
    step: forEver,
  },
  "somebody else's Secret is waited for": {
    given: { source: "Other" },
    status: {
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      errorReason: "tlsSecret does not exist",
      errorTimestamp: "2030-01-01T00:00:00Z",
      errorBackoff: "5m0s",
    },
    step: forEver,
  },
  "and since when is not forgotten": {
    given: { source: "Other", failure: { reason: "tlsSecret does not exist", at: now - day, backOffMs: 0 } },
    status: {
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      errorReason: "tlsSecret does not exist",
      errorTimestamp: "2029-12-31T00:00:00Z",
      errorBackoff: "5m0s",
    },
    step: forEver,
  },
  "and is nobody else's business once it is there, however old": {
    given: { source: "Other", certificate: stored({ ageDays: 1000, names: [] }) },
    status: { state: "Ready" },
    step: forEver,
  },
  "a Host without a certificate is ready": { given: { source: "None" }, status: { state: "Ready" }, step: forEver },
};

for (const [name, { given, status, step }] of Object.entries(rows)) {
  test(name, () => {
    const decision = decide(facts(given));
    assert.deepEqual(decision.status, { tlsCertificateSource: given.source ?? "ACME", ...status });
    if (typeof step === "string") assert.equal(decision.step.kind, step);
    else assert.deepEqual(decision.step, step);
  });
}

test("what a status says of a failure is all that another process needs to go on", () => {
  let { status } = decide(facts({ failure: dns }));
  assert.deepEqual(readFailure(status), dns);
  for (const expected of ["4m0s", "8m0s", "16m0s"]) {
    const failure = nextFailure({ reason: dns.reason, at: now }, readFailure(status), 0);
    status = decide(facts({ failure })).status;
    assert.equal(status.errorBackoff, expected);
  }
});

test("defaults that were filled in are complete", () => {
  const { step } = decide(facts({ host: hostOf(applied) }));
  assert.ok(step.kind === "fill-defaults");
  assert.deepEqual(step.spec, {
    hostname: "echo.shop.test",
    acmeProvider: {
      email: "a@shop.test",
      authority: "https://acme-v02.api.letsencrypt.org/directory",
      privateKeySecret: { name: "https-3a-2f-2facme-2dv02.api.letsencrypt.org-2fdirectory--a-40shop.test" },
    },
    tlsSecret: { name: "echo.shop.test" },
  });
  assert.notEqual(
    decide(facts({ host: hostOf(step.spec), accountKey: { kind: "missing" } })).step.kind,
    "fill-defaults",
  );
});
