/**
 * Certificates as they are stored: a chain in PEM, the leaf first. What is read here decides whether a certificate is
 * still good for its Hosts.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import "reflect-metadata";
import { AuthorityKeyIdentifierExtension, X509Certificate as ParsedCertificate } from "@peculiar/x509";

/** What a chain says. */
export interface Chain {
  /** DNS names, in lower case, sorted. */
  readonly names: readonly string[];
  /** Ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** How the authority is asked about its renewal (RFC 9773 section 4.1); absent where it lacks what that needs. */
  readonly renewalId?: string;
  readonly publicKey: KeyObject;
}

const certificatePem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const longestChain = 20;

/** Reads a chain; undefined where there is no certificate, or a broken one. */
export function readChain(pem: string): Chain | undefined {
  const certificates = certificatesIn(pem);
  const [leaf] = certificates;
  if (!leaf) return undefined;
  const renewalId = renewalIdOf(leaf);
  return {
    names: namesOf(leaf),
    notBefore: Date.parse(leaf.validFrom),
    notAfter: Date.parse(leaf.validTo),
    ...(renewalId === undefined ? {} : { renewalId }),
    publicKey: leaf.publicKey,
  };
}

/** Common names of those who issued a chain's certificates, the leaf's first; none where it is no chain. */
export function issuersOf(pem: string): readonly string[] {
  return certificatesIn(pem).map(({ issuer }) => /(?:^|\n)CN=(.*)/.exec(issuer)?.[1] ?? issuer);
}

/** Whether a private key in PEM belongs to the chain's leaf. */
export function isKeyOf(keyPem: string, { publicKey }: Chain): boolean {
  try {
    const key = createPrivateKey(keyPem);
    return publicHalf(key).equals(publicHalf(publicKey));
  } catch {
    // Whatever is wrong with it, it is not the key; the error may quote it.
    return false;
  }
}

function publicHalf(key: KeyObject): Buffer {
  const { kty, crv, x, y, n, e } = key.export({ format: "jwk" });
  return Buffer.from(JSON.stringify({ kty, crv, x, y, n, e }));
}

/** None where one is broken. */
function certificatesIn(pem: string): readonly X509Certificate[] {
  const blocks = (pem.match(certificatePem) ?? []).slice(0, longestChain);
  const certificates = blocks.flatMap((block) => parse(block));
  return certificates.length === blocks.length ? certificates : [];
}

function parse(block: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(block)];
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

function namesOf({ subjectAltName = "" }: X509Certificate): readonly string[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = ""]) => name.toLowerCase());
  return [...new Set(names)].sort();
}

/** The authority's key and the serial number, as they stand in the certificate. */
function renewalIdOf(leaf: X509Certificate): string | undefined {
  const keyId = new ParsedCertificate(leaf.raw).getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  if (keyId === undefined) return undefined;
  const hex = leaf.serialNumber.length % 2 === 0 ? leaf.serialNumber : `0${leaf.serialNumber}`;
  // As an integer of DER: with a zero in front where it would read as negative.
  const serial = Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex;
  const encode = (digits: string): string => Buffer.from(digits, "hex").toString("base64url");
  return `${encode(keyId)}.${encode(serial)}`;
}
