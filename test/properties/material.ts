/**
 * Key material for the properties of the compiler, made once per process: Secrets of every kind, good and bad.
 * Which bytes a key has never decides what is compiled, so the same seed finds the same cases with other keys.
 */
import type { FileContent } from "#compiler";
import { keyPem, makeIdentity, makeRevocationList, pem } from "../../tools/x509/certificate.ts";

const authority = makeIdentity({ name: "clients", isAuthority: true });
const first = makeIdentity({ name: "first", dnsNames: ["a.test", "*.test"], issuer: authority });
const second = makeIdentity({ name: "second", dnsNames: ["a.test", "*.test"], issuer: authority });
const revoked = makeRevocationList(authority, ["second"]);

/** The `type` and `data` of Secrets with a certificate and its key. */
export const certificates = [
  tls(pem("CERTIFICATE", first.certificate), keyPem(first.key)),
  tls(pem("CERTIFICATE", second.certificate), keyPem(second.key)),
];

/** What else a Secret may hold. */
export const otherSecrets = [
  tls(pem("CERTIFICATE", first.certificate), keyPem(second.key)),
  tls("not a certificate", keyPem(first.key)),
  { type: "Opaque", data: { "tls.crt": encoded(pem("CERTIFICATE", authority.certificate)) } },
  { type: "Opaque", data: { "ca.crt": encoded("nothing") } },
  { type: "Opaque", data: { "crl.pem": encoded(pem("X509 CRL", revoked)) } },
  { type: "Opaque", data: { "tls.crt": "not base64 !" } },
  {},
];

const text = (content: string): FileContent => ({ kind: "text", text: content });

/** What the files that objects name may hold. */
export const fileContents: Readonly<Record<string, readonly FileContent[]>> = {
  "tls.crt": [text(pem("CERTIFICATE", first.certificate)), text(pem("CERTIFICATE", second.certificate)), text("?")],
  "tls.key": [text(keyPem(first.key)), text(keyPem(second.key)), { kind: "unusable", because: "it is too secret" }],
  "ca.crt": [text(pem("CERTIFICATE", authority.certificate)), text("?")],
};

function tls(certificate: string, key: string): Readonly<Record<string, unknown>> {
  return { type: "kubernetes.io/tls", data: { "tls.crt": encoded(certificate), "tls.key": encoded(key) } };
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}
