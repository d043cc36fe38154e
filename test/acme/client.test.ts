import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { findAccount, registerAccount, rollKey, updateContact } from "../../src/services/acme/account.ts";
import { newAccountKeyPem, readAccountKey } from "../../src/services/acme/account-key.ts";
import { isKeyOf, readChain } from "../../src/services/acme/chain.ts";
import { obtainCertificate } from "../../src/services/acme/order.ts";
import { NoAuthority, OrderFailed, RequestRefused } from "../../src/services/acme/problem.ts";
import { askRenewalInfo } from "../../src/services/acme/renewal-info.ts";
import { revokeCertificate } from "../../src/services/acme/revocation.ts";
import { openSession } from "../../src/services/acme/session.ts";
import { openTransport } from "../../src/services/acme/transport.ts";
import { withClient } from "./client-set.ts";

const names = ["quote.shop.test", "echo.shop.test"];

/** What an error says; fails when there is none. */
async function refusal(work: Promise<unknown>): Promise<RequestRefused> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RequestRefused, String(error));
  return error;
}

test("a certificate for two names is obtained although every third nonce is refused", async () => {
  await withClient({ refusedNoncesPercent: 33, reusedAuthorizationsPercent: 0 }, async (set) => {
    for (const name of names) await set.pebble.names.resolve(name);
    const account = await set.newAccount();
    const issued = await obtainCertificate(set.orderer(account), { names });
    const chain = readChain(issued.chain);
    assert.ok(chain);
    assert.deepEqual(chain.names, ["echo.shop.test", "quote.shop.test"]);
    assert.ok(isKeyOf(issued.key, chain));
    assert.equal(isKeyOf(newAccountKeyPem(), chain), false);
    assert.equal(createPrivateKey(issued.key).asymmetricKeyDetails?.namedCurve, "prime256v1");
    const [leaf = "", issuer = ""] = issued.chain.split(/(?<=-----END CERTIFICATE-----\n)/);
    assert.ok(new X509Certificate(leaf).checkIssued(new X509Certificate(issuer)));
    assert.ok(new X509Certificate(issuer).checkIssued(new X509Certificate(await set.pebble.root())));
    assert.deepEqual(set.board.shown(), [], "no answer stays after the order");
  });
});

test("names that do not resolve fail an order with the authority's own words, one line each", async () => {
  await withClient({ reusedAuthorizationsPercent: 0 }, async (set) => {
    await set.pebble.names.resolve("good.shop.test");
    await set.pebble.names.fail("bad.shop.test");
    const account = await set.newAccount();
    const order = { names: ["bad.shop.test", "good.shop.test", "none.shop.test"] };
    const failure = await obtainCertificate(set.orderer(account), order).catch((error: unknown) => error);
    assert.ok(failure instanceof OrderFailed, String(failure));
    const [title, ...lines] = failure.message.split("\n");
    assert.equal(title, "acme: Error -> One or more domains had a problem:");
    assert.deepEqual(
      lines.map(
        (line) => /^\[(\S+)\] acme: error: 400 :: urn:ietf:params:acme:error:connection :: .*resolv/.exec(line)?.[1],
      ),
      ["bad.shop.test", "none.shop.test"],
    );
    assert.deepEqual(set.board.shown(), []);
    for (const name of order.names) {
      await set.pebble.names.mend(name);
      await set.pebble.names.resolve(name);
    }
    const issued = await obtainCertificate(set.orderer(account), order);
    assert.deepEqual(readChain(issued.chain)?.names, order.names);
  });
});

test("a wrong answer and a name that the authority does not serve are told", async () => {
  await withClient({ blockedNames: ["blocked.test"] }, async (set) => {
    await set.pebble.names.resolve("shop.test");
    const account = await set.newAccount();
    const board = { show: async () => {}, withdraw: async () => {} };
    await assert.rejects(
      obtainCertificate({ ...set.orderer(account), board }, { names: ["shop.test"] }),
      /\[shop\.test\] acme: error: 403 :: urn:ietf:params:acme:error:unauthorized :: Non-200 status code/,
    );
    const { problem } = await refusal(obtainCertificate(set.orderer(account), { names: ["blocked.test"] }));
    assert.equal(problem.type, "urn:ietf:params:acme:error:rejectedIdentifier");
  });
});

test("one key has one account, its contact changes, and a new key takes it over", async () => {
  await withClient({}, async ({ session }) => {
    const [first, second] = [await readAccountKey(newAccountKeyPem()), await readAccountKey(newAccountKeyPem())];
    const unknown = await refusal(findAccount(session, first));
    assert.equal(unknown.problem.type, "urn:ietf:params:acme:error:accountDoesNotExist");
    const account = await registerAccount(session, { key: first, email: "a@shop.test" });
    assert.deepEqual(account.registration.body, { status: "valid", contact: ["mailto:a@shop.test"] });
    assert.equal((await registerAccount(session, { key: first })).kid, account.kid);
    const changed = await updateContact(session, account, "b@shop.test");
    assert.deepEqual(changed.registration.body["contact"], ["mailto:b@shop.test"]);
    const rolled = await rollKey(session, account, second);
    assert.equal((await findAccount(session, rolled.key)).kid, account.kid);
    await refusal(findAccount(session, first));
  });
});

test("an authority that wants external accounts gets them", async () => {
  const hmacKey = Buffer.alloc(32, 7).toString("base64url");
  await withClient({ externalAccounts: { "kid-1": hmacKey } }, async ({ session }) => {
    assert.equal((await session.directory()).needsExternalAccount, true);
    const key = await readAccountKey(newAccountKeyPem());
    const { problem } = await refusal(registerAccount(session, { key }));
    assert.equal(problem.type, "urn:ietf:params:acme:error:externalAccountRequired");
    const account = await registerAccount(session, { key, externalAccount: { id: "kid-1", hmacKey } });
    assert.equal(account.registration.body["status"], "valid");
  });
});

test("the chain to another root and an RSA key are had for the asking", async () => {
  await withClient({ alternateRoots: 2 }, async (set) => {
    await set.pebble.names.resolve("shop.test");
    const orderer = set.orderer(await set.newAccount());
    const other = new X509Certificate(await set.pebble.root(2));
    const preferredChain = other.subject.replace(/^.*CN=/s, "");
    const order = { names: ["shop.test"], preferredChain, keyKind: "rsa-2048" as const };
    const issued = await obtainCertificate(orderer, order);
    const [, issuer = ""] = issued.chain.split(/(?<=-----END CERTIFICATE-----\n)/);
    assert.ok(new X509Certificate(issuer).checkIssued(other));
    assert.equal(createPrivateKey(issued.key).asymmetricKeyDetails?.modulusLength, 2048);
    const unknown = await obtainCertificate(orderer, { names: ["shop.test"], preferredChain: "Nobody" });
    assert.ok(readChain(unknown.chain));
  });
});

test("the authority says when to renew, and a revoked certificate is to be renewed at once", async () => {
  await withClient({}, async (set) => {
    await set.pebble.names.resolve("shop.test");
    const account = await set.newAccount();
    const issued = await obtainCertificate(set.orderer(account), { names: ["shop.test"] });
    const chain = readChain(issued.chain);
    assert.ok(chain?.renewalId);
    const info = await askRenewalInfo(set.session, chain.renewalId);
    assert.ok(info && info.start > Date.now() && info.end < chain.notAfter);
    assert.equal(info.askAgainMs, 6 * 3_600_000);
    const [from, to] = [new Date("2030-01-01T00:00:00Z"), new Date("2030-01-02T00:00:00Z")];
    await set.pebble.suggestRenewal(issued.chain, from, to);
    const told = await askRenewalInfo(set.session, chain.renewalId);
    assert.deepEqual([told?.start, told?.end], [from.getTime(), to.getTime()]);
    const again = { names: ["shop.test"], replaces: chain.renewalId };
    const renewed = await obtainCertificate(set.orderer(account), again);
    assert.notEqual(readChain(renewed.chain)?.renewalId, chain.renewalId);
    // A second one that replaces the same is refused as such, and had without saying so.
    assert.ok(readChain((await obtainCertificate(set.orderer(account), again)).chain));
    await revokeCertificate(set.session, account, renewed.chain, "superseded");
    const { problem } = await refusal(revokeCertificate(set.session, account, renewed.chain));
    assert.equal(problem.type, "urn:ietf:params:acme:error:alreadyRevoked");
    const revoked = await askRenewalInfo(set.session, readChain(renewed.chain)?.renewalId ?? "");
    assert.ok(revoked && revoked.end <= Date.now());
  });
});

test("what an authority cannot find is replaced all the same", async () => {
  await withClient({}, async (set) => {
    await set.pebble.names.resolve("shop.test");
    const orderer = set.orderer(await set.newAccount());
    const names = ["shop.test"];
    const { renewalId = "" } = readChain((await obtainCertificate(orderer, { names })).chain) ?? {};
    const [authorityKey = "", serial = ""] = renewalId.split(".");
    // Pebble reads serial numbers as text and does not find one that begins with zeros, as one in 256 of its own does.
    const withZeros = Buffer.concat([Buffer.of(0), Buffer.from(serial, "base64url")]).toString("base64url");
    for (const replaces of [`${authorityKey}.${withZeros}`, `${authorityKey}.AAAA`, "no id"]) {
      assert.ok(readChain((await obtainCertificate(orderer, { names, replaces })).chain), replaces);
    }
  });
});

test("polls wait as long as the authority asks", async () => {
  await withClient({ retryAfterSeconds: 30 }, async (set) => {
    await set.pebble.names.resolve("shop.test");
    const orderer = set.orderer(await set.newAccount());
    const waits: number[] = [];
    const waited = Promise.withResolvers<void>();
    set.board.hold(waited.promise);
    const pause = async (ms: number): Promise<void> => {
      waits.push(ms);
      waited.resolve();
      await sleep(Math.min(ms, 20));
    };
    await obtainCertificate({ ...orderer, pause }, { names: ["shop.test"] });
    // Pebble says it in seconds or as a date, as chance has it.
    assert.ok(waits[0] !== undefined && waits[0] > 28_000 && waits[0] <= 30_000, waits.join());
  });
});

test("whoever is no authority is told apart from one that refuses", async () => {
  await withClient({}, async ({ pebble, transport }) => {
    const doubtful = openTransport();
    const unknown = openSession({ transport: doubtful, authority: pebble.directory });
    await assert.rejects(unknown.directory(), NoAuthority);
    await doubtful.close();
    for (const authority of ["http://127.0.0.1/dir", "no address", `${pebble.directory}/../nonce-plz`]) {
      await assert.rejects(openSession({ transport, authority }).directory(), NoAuthority, authority);
    }
    await assert.rejects(openSession({ transport, authority: `${pebble.directory}x` }).directory(), RequestRefused);
  });
});
