/** Authorities of certificates through their lives, and what a client makes of what they sign. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect, createServer } from "node:tls";
import { type Lifetimes, readAuthorities, renewAuthorities, signerOf, writeAuthorities } from "./authorities.ts";
import { type Identity, makeAuthority, makeServerIdentity, validityOf } from "./certificate.ts";

const day = 86_400_000;
const times: Lifetimes = { authorityMs: 365 * day, overlapMs: 30 * day, serverMs: 14 * day };
const start = Math.floor(Date.now() / 1000) * 1000;
const later = (days: number): number => start + days * day;

test("an authority lasts alone until its last month, beside another one until its end, and then is gone", async () => {
  const first = await renewAuthorities([], start, times);
  assert.equal(first.length, 1);
  assert.deepEqual(await renewAuthorities(first, later(334), times), first);
  const both = await renewAuthorities(first, later(336), times);
  assert.equal(both.length, 2);
  assert.equal(both[0], first[0]);
  assert.deepEqual(await renewAuthorities(both, later(364), times), both);
  assert.deepEqual(await renewAuthorities(both, later(366), times), both.slice(1));
});

test("a new authority signs as soon as it is believed, not before", async () => {
  const [old, young] = [
    await makeAuthority({ from: start, until: later(1) }),
    await makeAuthority({ from: start, until: later(2) }),
  ];
  assert.equal(
    signerOf([old, young], (one) => one === old),
    old,
  );
  assert.equal(
    signerOf([old, young], () => true),
    young,
  );
  assert.equal(
    signerOf([old, young], () => false),
    old,
  );
  assert.equal(
    signerOf([], () => true),
    undefined,
  );
});

test("what was written into a Secret is read again; anything else is not taken for it", async () => {
  const authorities = await Promise.all([0, 1].map(() => makeAuthority({ from: start, until: later(1) })));
  const texts = writeAuthorities(authorities);
  assert.deepEqual(readAuthorities(texts), authorities);
  const swapped = writeAuthorities(
    authorities.map(({ certificate }, index) => ({ certificate, key: authorities[1 - index]?.key ?? "" })),
  );
  const leaf = await makeServerIdentity("a.b.svc", authorities[0] as Identity, { from: start, until: later(1) });
  const cut = texts.certificates.replace(/MII/, "XXX");
  for (const bad of [{ ...texts, keys: "" }, swapped, { ...texts, certificates: cut }, writeAuthorities([leaf])])
    assert.equal(readAuthorities(bad), undefined);
});

test("a certificate never outlives its authority", async () => {
  const authority = await makeAuthority({ from: start, until: later(1) });
  const { certificate } = await makeServerIdentity("a.b.svc", authority, { from: start, until: later(14) });
  assert.equal(validityOf(certificate).until, later(1));
});

test("a client that believes the authority comes to terms with the server, by that name only", async () => {
  const authority = await makeAuthority({ from: start - day, until: later(1) });
  const identity = await makeServerIdentity("hook.ns.svc", authority, { from: start - day, until: later(1) });
  assert.ok(new X509Certificate(identity.certificate).checkIssued(new X509Certificate(authority.certificate)));
  const server = createServer({ cert: identity.certificate, key: identity.key });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ask = async (servername: string): Promise<string> => {
    const client = connect({ host: "127.0.0.1", port, servername, ca: authority.certificate });
    const said = await Promise.race([
      once(client, "secureConnect").then(() => "fine"),
      once(client, "error").then(([error]) => String((error as NodeJS.ErrnoException).code)),
    ]).catch((error: NodeJS.ErrnoException) => String(error.code));
    client.destroy();
    return said;
  };
  assert.equal(await ask("hook.ns.svc"), "fine");
  assert.equal(await ask("other.ns.svc"), "ERR_TLS_CERT_ALTNAME_INVALID");
  server.close();
});
