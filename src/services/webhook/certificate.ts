/**
 * The certificates of the conversion webhook: authorities, which only ever sign for it, and what it shows to the API
 * server. Both as PEM; keys are of P-256.
 */
// The library below looks for what this one adds, and must find it when it is loaded.
import "reflect-metadata";
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate with its private key, as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** When a certificate is good, in ms since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };

/** Makes an authority with a name of its own, so that two of them are never taken for one another. */
export async function makeAuthority({ from, until }: Validity): Promise<Identity> {
  const keys = makeKeys();
  const publicKey = asCryptoKey(keys.publicKey, "verify");
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=dragoman webhook ${randomBytes(6).toString("hex")}`,
    serialNumber: serialNumber(),
    notBefore: new Date(from),
    notAfter: new Date(until),
    keys: { publicKey, privateKey: asCryptoKey(keys.privateKey, "sign") },
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: pemOf(keys.privateKey) };
}

/** Makes what a server shows that is known by this DNS name; it is never good for longer than its authority. */
export async function makeServerIdentity(dnsName: string, authority: Identity, validity: Validity): Promise<Identity> {
  const keys = makeKeys();
  const { subject, publicKey } = new X509Certificate(authority.certificate);
  const certificate = await X509CertificateGenerator.create({
    subject: "CN=dragoman webhook",
    issuer: subject,
    serialNumber: serialNumber(),
    notBefore: new Date(validity.from),
    notAfter: new Date(Math.min(validity.until, validityOf(authority.certificate).until)),
    publicKey: asCryptoKey(keys.publicKey, "verify"),
    signingKey: asCryptoKey(createPrivateKey(authority.key), "sign"),
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await AuthorityKeyIdentifierExtension.create(asCryptoKey(publicKey, "verify")),
      new SubjectAlternativeNameExtension([{ type: "dns", value: dnsName }]),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: pemOf(keys.privateKey) };
}

/** When a certificate is good. */
export function validityOf(certificate: string): Validity {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { from: validFromDate.getTime(), until: validToDate.getTime() };
}

function makeKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function asCryptoKey(key: KeyObject, use: "sign" | "verify") {
  return key.toCryptoKey(algorithm, true, [use]);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** 126 bits of chance, and never with a leading zero. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString("hex");
}
