/**
 * Secrets: decoded cheaply, read where they are referred to, never repeated.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { rawObject } from "../../../../test/raw-object.ts";
import { keyPem, makeIdentity, makeRevocationList, pem } from "../../../../tools/x509/certificate.ts";
import { defaultSettings } from "../../settings.ts";
import { readAuthorities, readCertificate } from "./certificate.ts";
import { type Secret, secret } from "./secret.ts";

const authority = makeIdentity({ name: "authority", isAuthority: true });
const identity = makeIdentity({
  name: "shop.example",
  dnsNames: ["shop.example", "*.shop.example"],
  issuer: authority,
  notBefore: new Date("2024-02-03T04:05:06Z"),
  notAfter: new Date("2034-02-03T04:05:06Z"),
});
const rsa = makeIdentity({ name: "rsa.example", algorithm: "rsa" });
const certificate = pem("CERTIFICATE", identity.certificate);
const ca = pem("CERTIFICATE", authority.certificate);
const key = keyPem(identity.key);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function admitted(body: Readonly<Record<string, unknown>>) {
  return secret.admit(rawObject("Secret", "v1", body), defaultSettings);
}

function tls(crt: string, privateKey: string): Secret {
  const { value } = admitted({
    type: "kubernetes.io/tls",
    data: { "tls.crt": base64(crt), "tls.key": base64(privateKey) },
  });
  assert.ok(value);
  return value;
}

test("base64 and plain values, the plain ones first", () => {
  const { value } = admitted({
    data: { "tls.crt": base64("old"), "tls.key": base64("key") },
    stringData: { "tls.crt": "new" },
  });
  assert.deepEqual(value?.spec, { type: "Opaque", certificate: "new", privateKey: "key" });
});

test("base64 in several lines", () => {
  const { value } = admitted({
    data: { "tls.crt": `${base64("a long text").slice(0, 8)}\n  ${base64("a long text").slice(8)}\n` },
  });
  assert.equal(value?.spec.certificate, "a long text");
});

test("names of Istio, of authorities and of revocation lists", () => {
  const data = {
    "cert-chain.pem": "a",
    "key.pem": "b",
    "root-cert.pem": "c",
    "crl.pem": "d",
    cert_required: "True",
    other: "e",
  };
  const { value } = admitted({ type: "istio.io/key-and-cert", stringData: data });
  assert.deepEqual(value?.spec, {
    type: "istio.io/key-and-cert",
    certificate: "a",
    privateKey: "b",
    ca: "c",
    rooted: true,
    crl: "d",
    certRequired: true,
  });
});

test("what is not base64 is reported without being repeated", () => {
  const { value, diagnostics } = admitted({ data: { "tls.key": "hush!hush" } });
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.at.path]),
    [["secret/invalid-base64", '.data["tls.key"]']],
  );
  assert.ok(!JSON.stringify(diagnostics).includes("hush"));
});

test("a value of a wrong type is reported without being repeated", () => {
  const { diagnostics } = admitted({ data: { "tls.key": 4711 } });
  assert.deepEqual(
    diagnostics.map((d) => d.code),
    ["object/invalid-field"],
  );
  assert.ok(!JSON.stringify(diagnostics).includes("4711"));
});

test("what a certificate says", () => {
  assert.deepEqual(readCertificate(tls(certificate + ca, key)), {
    value: {
      chain: certificate + ca,
      privateKey: key,
      keyType: "ec",
      dnsNames: ["shop.example", "*.shop.example"],
      notBefore: "2024-02-03T04:05:06.000Z",
      notAfter: "2034-02-03T04:05:06.000Z",
    },
    diagnostics: [],
  });
});

test("a certificate without DNS names has its common name", () => {
  assert.deepEqual(readCertificate(tls(pem("CERTIFICATE", rsa.certificate), keyPem(rsa.key))).value?.dnsNames, [
    "rsa.example",
  ]);
});

test("keys in the older forms", () => {
  for (const [own, type] of [
    [identity, "sec1"],
    [rsa, "pkcs1"],
  ] as const) {
    const old = own.key.export({ type, format: "pem" }).toString();
    assert.ok(readCertificate(tls(pem("CERTIFICATE", own.certificate), old)).value, type);
  }
});

const encrypted = rsa.key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
const cut = certificate.replace(/\n[A-Za-z0-9+/=]{20}/, "\n");

const broken: readonly [what: string, crt: string, privateKey: string, code: string, message: RegExp][] = [
  ["a text", "hello", key, "secret/invalid-certificate", /its certificate is not PEM/i],
  ["a cut certificate", cut, key, "secret/invalid-certificate", /not X.509 \(number 1/],
  ["a cut second certificate", certificate + cut, key, "secret/invalid-certificate", /not X.509 \(number 2/],
  ["no certificate", "", key, "secret/invalid-certificate", /not PEM/],
  ["a key that is a text", certificate, "hello", "secret/invalid-key", /not PKCS/],
  ["an encrypted key", certificate, encrypted, "secret/invalid-key", /encrypted/],
  ["the key of another certificate", certificate, keyPem(rsa.key), "secret/key-mismatch", /does not belong/],
  ["a huge text", "x".repeat(2 << 20), key, "secret/invalid-certificate", /larger than 1 MiB/],
];

for (const [what, crt, privateKey, code, message] of broken) {
  test(`${what} is told apart, and nothing of it is repeated`, () => {
    const { value, diagnostics } = readCertificate(tls(crt, privateKey));
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map((d) => d.code),
      [code],
    );
    assert.match(diagnostics[0]?.message ?? "", message);
    const said = JSON.stringify(diagnostics);
    for (const line of `${crt}\n${privateKey}`.split("\n")) assert.ok(line.length < 10 || !said.includes(line));
  });
}

test("parts that are missing", () => {
  const only = (data: Readonly<Record<string, string>>): Secret => {
    const { value } = admitted({ stringData: data });
    assert.ok(value);
    return value;
  };
  assert.equal(readCertificate(only({ "tls.key": key })).diagnostics[0]?.code, "secret/invalid-certificate");
  assert.equal(readCertificate(only({ "tls.crt": certificate })).diagnostics[0]?.code, "secret/invalid-key");
  assert.equal(readAuthorities(only({})).diagnostics[0]?.code, "secret/invalid-certificate");
});

test("authorities by either name", () => {
  assert.equal(readAuthorities(tls(ca, "")).value, ca);
  const { value } = admitted({
    stringData: {
      "tls.crt": certificate,
      "ca.crt": ca,
      "crl.pem": pem("X509 CRL", makeRevocationList(authority, ["a"])),
    },
  });
  assert.ok(value);
  assert.equal(readAuthorities(value).value, ca);
  assert.equal(readAuthorities(tls("hello", "")).diagnostics[0]?.code, "secret/invalid-certificate");
});
