import assert from "node:assert/strict";
import { test } from "node:test";
import { accountSecretName, certificateSecretName } from "#base/secret-names.ts";
import { type AcmeHost, attemptKey, certificateSource, filledSpec, orderedName } from "./acme-host.ts";
import { bundlesOf } from "./bundle.ts";
import type { Chain } from "./chain.ts";
import { eventTexts, obtainingFailed } from "./event-texts.ts";
import { readFailure } from "./host-status.ts";
import { renewalDue } from "./renewal.ts";
import { failureKind, nextFailure } from "./retry.ts";

const host = (name: string, hostname: string, more: Partial<AcmeHost["spec"]> = {}, created = ""): AcmeHost => ({
  namespace: "ambassador",
  name,
  created,
  spec: { hostname, ...more },
});

test("names of Secrets are those that Edge Stack gave them, and never too long", () => {
  assert.equal(certificateSecretName("portal-test.aaa.bbb.ccc"), "portal-2dtest.aaa.bbb.ccc");
  assert.equal(certificateSecretName("Ü"), "-c3-9c");
  assert.equal(
    accountSecretName("https://acme-v02.api.letsencrypt.org/directory", "nilesh93.j@gmail.com"),
    "https-3a-2f-2facme-2dv02.api.letsencrypt.org-2fdirectory--nilesh93.j-40gmail.com",
  );
  assert.equal(accountSecretName("https://ca.test/"), "https-3a-2f-2fca.test-2f");
  const [a, b] = [
    accountSecretName(`https://${"a-".repeat(200)}/1`),
    accountSecretName(`https://${"a-".repeat(200)}/2`),
  ];
  assert.ok(a.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(a), a);
  assert.notEqual(a, b);
});

test("where a certificate comes from", () => {
  const cases: readonly (readonly [Partial<AcmeHost["spec"]>, boolean, string])[] = [
    [{}, false, "None"],
    [{}, true, "ACME"],
    [{ tlsSecret: { name: "s" } }, false, "Other"],
    [{ tlsSecret: { name: "s" } }, true, "ACME"],
    [{ acmeProvider: { authority: "None" }, tlsSecret: { name: "s" } }, true, "Other"],
    [{ acmeProvider: { authority: "none" } }, true, "None"],
    [{ acmeProvider: { email: "a@b.c" } }, false, "ACME"],
    [{ acmeProvider: {} }, false, "ACME"],
  ];
  for (const [spec, implied, source] of cases) {
    assert.equal(certificateSource({ hostname: "a.test", ...spec }, implied), source, JSON.stringify(spec));
  }
});

test("exact names can be ordered, and nothing else", () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    "Echo.Shop.test": "echo.shop.test",
    "shop.test.": "shop.test",
    intern: "intern",
    "*": undefined,
    "*.shop.test": undefined,
    "shop.*": undefined,
    "10.0.0.1": undefined,
    "shop.test:8443": undefined,
    "[::1]": undefined,
    "a b": undefined,
    "": undefined,
  };
  for (const [hostname, name] of Object.entries(cases)) assert.equal(orderedName({ hostname }), name, hostname);
});

test("Hosts that name one Secret share a certificate, which the oldest of them orders", () => {
  const shared = { tlsSecret: { name: "cert" } };
  const hosts = [
    host("young", "b.test", shared, "2030-01-02T00:00:00Z"),
    host("old", "c.test", shared, "2030-01-01T00:00:00Z"),
    host("twin", "B.test", shared, "2030-01-03T00:00:00Z"),
    host("pattern", "*.test", shared),
    host("other", "d.test"),
  ];
  const bundles = bundlesOf(hosts);
  assert.deepEqual([...bundles.keys()], ["ambassador/cert", "ambassador/d.test"]);
  const bundle = bundles.get("ambassador/cert");
  assert.ok(bundle);
  assert.deepEqual(bundle.names, ["b.test", "c.test"]);
  assert.deepEqual(
    bundle.hosts.map(({ name }) => name),
    ["old", "young", "twin"],
  );
  assert.deepEqual([...(bundlesOf(hosts.toReversed()).get("ambassador/cert")?.names ?? [])], bundle.names);
  const title = 'tlsSecret "cert"."ambassador" (hostnames=["b.test","c.test"])';
  assert.equal(eventTexts.performing(bundle).message, `performing ACME challenge for ${title}...`);
  assert.equal(
    eventTexts.needsUpdate(bundle, "tlsSecret does not exist").message,
    `${title}: needs updated: tlsSecret does not exist`,
  );
  assert.equal(obtainingFailed(bundle, "acme: error"), `obtaining ${title}: acme: error`);
});

test("an attempt is another one when what it depends on changes, not when it is registered", () => {
  const one = host("a", "a.test", { acmeProvider: { email: "a@b.c" } });
  const key = attemptKey(one, ["a.test"]);
  const registered = host("a", "a.test", { acmeProvider: { email: "a@b.c", registration: "{}" } });
  const { accountSecret, authority } = filledSpec(one);
  const written = host("a", "a.test", {
    acmeProvider: { email: "a@b.c", authority, privateKeySecret: { name: accountSecret } },
    tlsSecret: { name: "a.test" },
  });
  assert.equal(attemptKey(registered, ["a.test"]), key);
  assert.equal(attemptKey(written, ["a.test"]), key);
  assert.notEqual(attemptKey(one, ["a.test", "b.test"]), key);
  assert.notEqual(attemptKey(host("a", "a.test", { acmeProvider: { email: "x@b.c" } }), ["a.test"]), key);
});

const urn = "urn:ietf:params:acme:error";

test("failures of the DNS are told from others by their text", () => {
  const names = [
    `[a.test] acme: error: 400 :: ${urn}:dns :: DNS problem: SERVFAIL looking up A for a.test`,
    `[a.test] acme: error: 400 :: ${urn}:connection :: Get "http://a.test": could not resolve URL`,
    "DNS problem: NXDOMAIN looking up A",
  ];
  const other = [
    `acme: error: 429 :: ${urn}:rateLimited :: too many failures: ${urn}:dns`,
    `acme: error: 400 :: ${urn}:connection :: connection refused`,
    "no answer in 60 s",
  ];
  for (const text of names) assert.equal(failureKind(text), "names", text);
  for (const text of other) assert.equal(failureKind(text), "other", text);
});

test("back-offs double up to a day, begin anew with another kind, and are never shorter than asked for", () => {
  const series = (reason: string, times: number, chance = 0): readonly number[] => {
    const minutes: number[] = [];
    let last: ReturnType<typeof nextFailure> | undefined;
    for (let i = 0; i < times; i++) {
      last = nextFailure({ reason, at: 0 }, last, chance);
      minutes.push(last.backOffMs / 60_000);
    }
    return minutes;
  };
  assert.deepEqual(series("NXDOMAIN", 12), [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]);
  assert.deepEqual(series("no", 10), [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  assert.deepEqual(series("no", 4, 1), [11, 22, 44, 88]);
  const last = nextFailure({ reason: "no", at: 0 }, { reason: "no", at: 0, backOffMs: 80 * 60_000 }, 0);
  assert.equal(nextFailure({ reason: "NXDOMAIN", at: 0 }, last, 0).backOffMs, 2 * 60_000);
  const asked = nextFailure({ reason: "no", at: 0, retryAfterMs: 7_200_500 }, undefined, 0.5);
  assert.equal(asked.backOffMs, 7_201_000);
});

test("a status that tells nothing that can be used is no failure", () => {
  for (const status of [{}, { state: "Ready", errorReason: "x" }, { state: "Error", errorReason: "x" }]) {
    assert.equal(readFailure(status), undefined);
  }
});

test("a certificate is renewed at a third of its life, or when the authority says so, but never too late", () => {
  const [day, names] = [24 * 3_600_000, ["a.test"]];
  const chain = { names, notBefore: 0, notAfter: 90 * day } as unknown as Chain;
  const due = (chance: number, window?: readonly [number, number]) =>
    renewalDue(
      { kind: "present", chain, isKeyOf: true },
      {
        wanted: names,
        chance,
        info: window && {
          start: window[0] * day,
          end: window[1] * day,
          askAgainMs: 0,
          explanation: "https://ca.test/why",
        },
      },
    );
  assert.deepEqual([due(0).at, due(1).at], [60 * day, 63 * day]);
  assert.deepEqual(due(0.5, [10, 12]), {
    at: 11 * day,
    because: "the authority asks for it (https://ca.test/why)",
    isGood: true,
  });
  assert.equal(due(0, [80, 89]).at, 75 * day);
});
