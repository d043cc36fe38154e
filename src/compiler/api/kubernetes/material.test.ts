/** Certificates and revocation lists that OpenSSL reads and Envoy refuses, and what of a Secret's text reaches Envoy. */
import { deepEqual, equal } from "node:assert/strict";
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { rawObject } from "../../../../test/raw-object.ts";
import { keyPem, makeIdentity, makeRevocationList, pem } from "../../../../tools/x509/certificate.ts";
import { defaultSettings } from "../../settings.ts";
import { readAuthorities, readCertificate } from "./certificate.ts";
import { readRevocationLists } from "./revocation-list.ts";
import { type Secret, secret } from "./secret.ts";

function secretOf(stringData: Readonly<Record<string, string>>): Secret {
  const { value } = secret.admit(rawObject("Secret", "v1", { stringData }), defaultSettings);
  if (!value) throw new Error("not admitted");
  return value;
}

/** Public certificates whose keys Envoy does not serve with. */
const unfit = {
  "an RSA key of less than 2048 bits":
    "MIICEzCCAXygAwIBAgIUP19kqhFPrUOezqLjU4Q1Rw9M4AAwDQYJKoZIhvcNAQELBQAwEjEQMA4GA1UEAwwHcnNhMTAyNDAeFw0yNjExMjExNTQ3MjhaFw0yNjEyMjExNTQ3MjhaMBIxEDAOBgNVBAMMB3JzYTEwMjQwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAJ2NgPmb0+dkgWcSppsVUHQO7cZPKhSnY4e0eRuMfBWGhoodhRZGkZjXArBUbOLjF+Jv8Tc241Vew7/FH1RMyzGVWbupiq+w75En1MYuV5FVnsBBeASI6+Zyfnht28o4Wq3nJN1qzkPAjmjhvG9q5U5MMEVyBrk88KhWibcxUTJ9AgMBAAGjZjBkMB0GA1UdDgQWBBQDDabkqiLsh83PSqw9iNozjJH1UzAfBgNVHSMEGDAWgBQDDabkqiLsh83PSqw9iNozjJH1UzAPBgNVHRMBAf8EBTADAQH/MBEGA1UdEQQKMAiCBngudGVzdDANBgkqhkiG9w0BAQsFAAOBgQCXuSBpvQcgBM+n/YICJoVAgK0eFO37+hJUP5JkaN9OQYzQBmoMx3d8prbLYNwWmpAzt2g105HigrfSBF/qRmEveAd5WPwASYkstpNlVbZfdJzVUn9kBz7hle4o0J3vFlRNkw1h1lyj9z1Go1oOccbLxGu+kvImmH1CJpZNp99jbw==",
  "a key on a curve other than P-256, P-384, P-521":
    "MIIBgDCCASWgAwIBAgIUBwJdTQdtTN82p60xQMmZmfOqKbAwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCazEwHhcNMjYxMTIxMTU0NzI4WhcNMjYxMjIxMTU0NzI4WjANMQswCQYDVQQDDAJrMTBWMBAGByqGSM49AgEGBSuBBAAKA0IABM9z/KgdzibgJ+e1VcdYEM92HDwV67l9MVITPb/fCqXPnoZIk/gLf3b0w2nNTlYsXehyn6SL5BIHUpWi3SsR8Z2jZjBkMB0GA1UdDgQWBBQTileWuugYhIcqeQZPEVO4WxtjHjAfBgNVHSMEGDAWgBQTileWuugYhIcqeQZPEVO4WxtjHjAPBgNVHRMBAf8EBTADAQH/MBEGA1UdEQQKMAiCBngudGVzdDAKBggqhkjOPQQDAgNJADBGAiEArufben8H5pwz/4wdeseM/71U03RItpQemlXoy03cJt4CIQCJ1pehJYYtTdnyDcBank4bnCjL35fY3pHSgHXd+cMEoQ==",
  "a key that is neither RSA, ECDSA nor Ed25519":
    "MIIBkzCCAROgAwIBAgIUd8TLIyTNBUGQneYCF5GpTVw/OFowBQYDK2VxMBAxDjAMBgNVBAMMBWVkNDQ4MB4XDTI2MTEyMTE1NDcyOFoXDTI2MTIyMTE1NDcyOFowEDEOMAwGA1UEAwwFZWQ0NDgwQzAFBgMrZXEDOgBONinysjwWdDYbL9wIqW1RGMTWmZpGUwqHK5EAjJF+AQOFDo367HEtsVPdeYO+iy7SIsQ5cZ8d74CjZjBkMB0GA1UdDgQWBBQrfcu3ugiFiaoAk0K3qH6PXt6G9jAfBgNVHSMEGDAWgBQrfcu3ugiFiaoAk0K3qH6PXt6G9jAPBgNVHRMBAf8EBTADAQH/MBEGA1UdEQQKMAiCBngudGVzdDAFBgMrZXEDcwAiU7OMvVfv4e2afMd6cdfSTkO95i4K12F/N8VJ+zPuuus7DFPXz2cwMlbGHkHcc/airSdc4iaq+YBDi3Yn3dq7qfiSRLlEvRCRuRcIxsDFeREvVzjz+9mheau/2aPDhyS7aivHJKNWcJtScXI/Qz2ePgA=",
};

test("certificates with keys that Envoy does not serve with are told", () => {
  for (const [why, der] of Object.entries(unfit)) {
    const read = readCertificate(
      secretOf({ "tls.crt": pem("CERTIFICATE", Buffer.from(der, "base64")), "tls.key": "x" }),
    );
    deepEqual(
      read.diagnostics.map(({ message }) => message),
      [`its certificate has ${why}`],
    );
  }
});

const authority = makeIdentity({ name: "authority", isAuthority: true });
const identity = makeIdentity({ name: "a.test", dnsNames: ["a.test"], issuer: authority });
const own = pem("CERTIFICATE", identity.certificate);
const ca = pem("CERTIFICATE", authority.certificate);
const key = keyPem(identity.key);

test("only the certificates reach Envoy, however they were written", () => {
  const written = `subject=a\n${own.replaceAll("\n", "\r\n")}# more\n${ca.replace("-----BEGIN", "   -----BEGIN")}end`;
  equal(readCertificate(secretOf({ "tls.crt": written, "tls.key": key })).value?.chain, own + ca);
  equal(readAuthorities(secretOf({ "ca.crt": `${key}${ca}` })).value, ca);
});

test("a certificate that is cut off is told", () => {
  const cut = own + ca.slice(0, 200);
  const expected = "its certificate is cut off (number 2 of the chain)";
  equal(readCertificate(secretOf({ "tls.crt": cut, "tls.key": key })).diagnostics[0]?.message, expected);
  equal(readAuthorities(secretOf({ "ca.crt": cut })).diagnostics[0]?.message, expected);
});

/** The first of these numbers in DER is made another. */
function damaged(key: KeyObject, number: keyof JsonWebKey): string {
  const der = key.export({ type: "pkcs8", format: "der" });
  const bytes = Buffer.from(String(key.export({ format: "jwk" })[number]), "base64url");
  const at = der.indexOf(bytes) + bytes.length - 1;
  der[at] = (der[at] ?? 0) ^ 2;
  return `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`;
}

test("a key that is damaged where its certificate does not show it is told", () => {
  const rsa = makeIdentity({ name: "a.test", algorithm: "rsa" });
  const kinds = [
    [rsa, ["d", "p", "q", "dp", "dq", "qi"]],
    [identity, ["d"]],
  ] as const;
  for (const [{ certificate, key: good }, numbers] of kinds) {
    const crt = pem("CERTIFICATE", certificate);
    deepEqual(readCertificate(secretOf({ "tls.crt": crt, "tls.key": keyPem(good) })).diagnostics, []);
    for (const number of numbers) {
      const [told] = readCertificate(secretOf({ "tls.crt": crt, "tls.key": damaged(good, number) })).diagnostics;
      equal(told?.message, "its private key is damaged: its numbers do not belong together", number);
    }
  }
});

test("a certificate whose key cannot be read is told", () => {
  const der = Buffer.from(identity.certificate);
  const point = createPublicKey(identity.key).export({ type: "spki", format: "der" }).subarray(-65);
  der[der.indexOf(point)] = 9;
  const [told] = readCertificate(secretOf({ "tls.crt": pem("CERTIFICATE", der), "tls.key": key })).diagnostics;
  equal(told?.message, "its certificate has a key or a date that cannot be read");
});

const list = pem("X509 CRL", makeRevocationList(authority, []));

test("revocation lists are read", () => {
  equal(readRevocationLists(secretOf({ "crl.pem": `text\n${list}${list}` })).value, list + list);
});

test("what is no revocation list is told", () => {
  const wrapped = (body: string): string => `-----BEGIN X509 CRL-----\n${body}\n-----END X509 CRL-----\n`;
  const bad = ["", "text", wrapped(""), wrapped("AAAA"), wrapped("MAA="), wrapped("MIIB"), list.slice(0, 100), own];
  for (const text of [
    ...bad,
    list + list.slice(0, 100),
    wrapped(identity.certificate.toString("base64")).slice(0, -30),
  ]) {
    deepEqual(
      readRevocationLists(secretOf({ "crl.pem": text })).diagnostics.map(({ at }) => at.path),
      ['.data["crl.pem"]'],
      text.slice(0, 40),
    );
  }
  equal(readRevocationLists(secretOf({})).diagnostics[0]?.at.path, ".data");
});
