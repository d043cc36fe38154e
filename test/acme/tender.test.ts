/** A certificate over its life, with the time that the test likes, against a real authority. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Log } from "../../src/base/log.ts";
import { defaultSettings, openCompiler } from "../../src/compiler/index.ts";
import { findAccount, readRegistration } from "../../src/services/acme/account.ts";
import { readAccountKey } from "../../src/services/acme/account-key.ts";
import { type AcmeHost, missingDefaults } from "../../src/services/acme/acme-host.ts";
import { type Bundle, bundlesOf } from "../../src/services/acme/bundle.ts";
import { readChain } from "../../src/services/acme/chain.ts";
import type { Desk } from "../../src/services/acme/desk.ts";
import { openFilesDesk } from "../../src/services/acme/files-desk.ts";
import type { ChallengeBoard } from "../../src/services/acme/order.ts";
import type { Session } from "../../src/services/acme/session.ts";
import { type AcmeStore, openStore } from "../../src/services/acme/store.ts";
import { openTender, type TenderTools } from "../../src/services/acme/tender.ts";
import { withClient } from "./client-set.ts";

const [minute, day] = [60_000, 24 * 3_600_000];

type Provider = NonNullable<AcmeHost["spec"]["acmeProvider"]>;

function bundleOf(acmeProvider: Provider, ...names: readonly string[]): Bundle {
  const hosts = names.map((name): AcmeHost => {
    const spec = { hostname: name, acmeProvider, tlsSecret: { name: "cert" } };
    const host = { namespace: "default", name, created: "", spec };
    return { ...host, spec: { ...spec, ...missingDefaults(host) } };
  });
  const [bundle] = bundlesOf(hosts).values();
  assert.ok(bundle);
  return bundle;
}

/** Keeps on files, and has its answers on a board of the test's own. */
function openDesk(store: AcmeStore, board: ChallengeBoard, log: Log): Desk {
  const door = { compiler: openCompiler(defaultSettings), push: () => undefined, served: async () => undefined };
  return {
    ...openFilesDesk(store, door, log),
    beginOrder: async () => ({ placed: undefined, keep: async () => undefined, board, close: async () => undefined }),
  };
}

const toolsFor = (desk: Desk, session: Session, log: Log, now: () => number): TenderTools => ({
  desk,
  session: () => session,
  alone: (_, work) => work(),
  ordering: (_, work) => work(),
  registrations: new Map(),
  readKey: readAccountKey,
  log,
  now,
  chance: () => 0,
});

test("a certificate is obtained, renewed when it is old, and tried for ever longer when its names are gone", async () => {
  const directory = await mkdtemp(join(tmpdir(), "dragoman-tender-"));
  const store = await openStore(directory);
  assert.ok(store);
  await withClient({ reusedAuthorizationsPercent: 0 }, async ({ pebble, board, session }) => {
    let now = Date.now();
    const said: string[] = [];
    const obtained: string[] = [];
    const log: Log = (level, message) => void said.push(`${level} ${message.split("\n")[0]}`);
    const desk: Desk = {
      ...openDesk(store, board, log),
      async keepCertificate(_, { chain, key }) {
        obtained.push(chain);
        await store.writeBundle("default/cert", { chain, key });
      },
    };
    const open = () =>
      openTender(
        "default/cert",
        toolsFor(desk, session, log, () => now),
      );
    let tender = open();
    const one = bundleOf({ authority: pebble.directory }, "tended.invalid");

    // The names of this test resolve for the authority alone, so that looking them up changes nothing.
    const failedAt = now;
    for (const [tries, wait] of [2, 4, 8].entries()) {
      assert.equal(await tender.look(one), now + 5000, "names are looked up meanwhile");
      assert.equal((await store.bundle("default/cert"))?.failure?.backOffMs, wait * minute);
      assert.equal(said.filter((line) => line.includes("performing ACME challenge")).length, tries + 1);
      now += wait * minute;
      // Another process goes on where this one was.
      tender = open();
    }
    assert.equal(now, failedAt + 14 * minute);
    assert.ok(
      said.some((line) => /^warning obtaining tlsSecret "cert"\."default" .*acme: Error/.test(line)),
      said.join("\n"),
    );

    await pebble.names.resolve("tended.invalid");
    assert.ok((await tender.look(one)) > now);
    assert.equal(obtained.length, 1);
    assert.deepEqual(await store.bundle("default/cert").then((stored) => stored?.failure), undefined);
    assert.ok((await tender.look(one)) > now, "and then it is left alone");
    assert.equal(obtained.length, 1);

    await pebble.suggestRenewal(obtained[0] ?? "", new Date(now - day), new Date(now));
    now += 7 * 60 * minute;
    await tender.look(one);
    assert.equal(obtained.length, 2, "the authority asks for another");
    assert.notEqual(obtained[0], obtained[1]);
    now += 61 * day;
    const rest = await tender.look(one);
    assert.equal(obtained.length, 3, "it is old");
    assert.equal(rest, now + 60 * minute, "by this clock the next one is old, too, but there is no end to that");

    await pebble.names.resolve("more.invalid");
    await tender.look(bundleOf({ authority: pebble.directory }, "tended.invalid", "more.invalid"));
    assert.deepEqual(readChain(obtained[3] ?? "")?.names, ["more.invalid", "tended.invalid"]);
    assert.deepEqual(board.shown(), []);
  });
  assert.equal(await openStore(directory), undefined, "it is open");
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

test("an authority is told with the next order that the address of an account is another one", async () => {
  const directory = await mkdtemp(join(tmpdir(), "dragoman-tender-"));
  const store = await openStore(directory);
  assert.ok(store);
  await withClient({ reusedAuthorizationsPercent: 0 }, async ({ pebble, board, session }) => {
    let now = Date.now();
    const log: Log = () => undefined;
    const desk = openDesk(store, board, log);
    const tender = openTender(
      "default/cert",
      toolsFor(desk, session, log, () => now),
    );
    const lookFor = (email: string) =>
      tender.look(
        bundleOf({ authority: pebble.directory, email, privateKeySecret: { name: "account" } }, "mail.invalid"),
      );
    const registered = async () => readRegistration((await store.account("default/account"))?.registration ?? "");

    await pebble.names.resolve("mail.invalid");
    await lookFor("old@shop.test");
    const before = await registered();
    assert.deepEqual(before?.body["contact"], ["mailto:old@shop.test"]);
    now += 61 * day;
    await lookFor("new@shop.test");
    assert.deepEqual(await registered(), { ...before, body: { ...before?.body, contact: ["mailto:new@shop.test"] } });
    const key = await readAccountKey((await store.account("default/account"))?.key ?? "");
    assert.deepEqual((await findAccount(session, key)).registration, await registered());
  });
  await store.close();
  await rm(directory, { recursive: true, force: true });
});
