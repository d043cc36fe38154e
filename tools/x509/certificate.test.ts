import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { keyPem, makeIdentity, makeRevocationList, pem } from "./certificate.ts";

for (const algorithm of ["ec", "rsa"] as const) {
  test(`an ${algorithm} certificate is accepted by a client that trusts its authority`, async () => {
    const authority = makeIdentity({ name: "authority", isAuthority: true });
    const identity = makeIdentity({
      name: "leaf",
      dnsNames: ["a.test", "*.b.test", "127.0.0.1"],
      issuer: authority,
      algorithm,
    });
    const parsed = new X509Certificate(identity.certificate);
    assert.ok(parsed.checkIssued(new X509Certificate(authority.certificate)));
    assert.equal(parsed.subjectAltName, "DNS:a.test, DNS:*.b.test, IP Address:127.0.0.1");

    const server = createServer({ cert: pem("CERTIFICATE", identity.certificate), key: keyPem(identity.key) });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client: TLSSocket = connect({
      host: "127.0.0.1",
      port,
      servername: "x.b.test",
      ca: pem("CERTIFICATE", authority.certificate),
    });
    await once(client, "secureConnect");
    assert.equal(client.authorized, true);
    client.destroy();
    server.close();
  });
}

test("a revoked client certificate is refused, another one is not", async () => {
  const authority = makeIdentity({ name: "clients", isAuthority: true });
  const ca = pem("CERTIFICATE", authority.certificate);
  const crl = pem("X509 CRL", makeRevocationList(authority, ["mallory"]));
  const own = makeIdentity({ name: "server", dnsNames: ["a.test"] });
  const server = createServer({
    cert: pem("CERTIFICATE", own.certificate),
    key: keyPem(own.key),
    ca,
    crl,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = async (name: string): Promise<boolean> => {
    const identity = makeIdentity({ name, issuer: authority });
    const secure = once(server, "secureConnection");
    const client = connect({
      host: "127.0.0.1",
      port,
      cert: pem("CERTIFICATE", identity.certificate),
      key: keyPem(identity.key),
      rejectUnauthorized: false,
    });
    const [socket] = (await secure) as [TLSSocket];
    client.destroy();
    return socket.authorized;
  };
  assert.equal(await accepted("alice"), true);
  assert.equal(await accepted("mallory"), false);
  server.close();
});
