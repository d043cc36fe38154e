/**
 * Makes X.509 certificates, certificate authorities and revocation lists for tests and for the quickstart.
 * Not for production: no policy, no name constraints, serial numbers derived from the subject.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIP } from "node:net";
import { bits, der, explicit, integer, octets, oid, sequence, set, time, utf8, yes } from "./der.ts";

/** A certificate with its private key. */
export interface Identity {
  readonly name: string;
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

/** What a certificate says. */
export interface CertificateRequest {
  readonly name: string;
  /** The subject's `O` attributes: to a kube-apiserver, the user's groups. */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly issuer?: Identity;
  readonly isAuthority?: boolean;
  /** What authorities sign with is not Ed25519. */
  readonly algorithm?: "ec" | "rsa" | "ed25519";
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const always = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2049-12-31T00:00:00Z") };

/** Makes a key and a certificate for it, signed by the issuer or by itself. */
export function makeIdentity(request: CertificateRequest): Identity {
  const key = makeKey(request.algorithm);
  const signer = request.issuer?.key ?? key;
  const toSign = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serialOf(request.name)),
    signatureAlgorithm(signer),
    distinguishedName(request.issuer?.name ?? request.name),
    sequence(time(request.notBefore ?? always.notBefore), time(request.notAfter ?? always.notAfter)),
    distinguishedName(request.name, request.organizations),
    createPublicKey(key).export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions(request))),
  );
  return { name: request.name, certificate: signed(toSign, signer), key };
}

function makeKey(algorithm: CertificateRequest["algorithm"]): KeyObject {
  if (algorithm === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  if (algorithm === "ed25519") return generateKeyPairSync("ed25519").privateKey;
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** A revocation list of that authority, which names these certificates. */
export function makeRevocationList(authority: Identity, revoked: readonly string[]): Buffer {
  const entries = revoked.map((name) => sequence(integer(serialOf(name)), time(always.notBefore)));
  const toSign = sequence(
    integer(Buffer.of(1)),
    signatureAlgorithm(authority.key),
    distinguishedName(authority.name),
    time(always.notBefore),
    time(always.notAfter),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
  );
  return signed(toSign, authority.key);
}

/** The PEM form. */
export function pem(label: "CERTIFICATE" | "X509 CRL", content: Buffer): string {
  const lines = content.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** The PEM form of a private key (PKCS #8). */
export function keyPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function signed(toSign: Buffer, signer: KeyObject): Buffer {
  return sequence(toSign, signatureAlgorithm(signer), bits(sign("sha256", toSign, signer)));
}

function signatureAlgorithm(signer: KeyObject): Buffer {
  if (signer.asymmetricKeyType === "rsa") return sequence(oid("1.2.840.113549.1.1.11"), der(0x05));
  return sequence(oid("1.2.840.10045.4.3.2"));
}

function serialOf(name: string): Buffer {
  const digest = createHash("sha256").update(name).digest().subarray(0, 16);
  digest[0] = 0x40 | ((digest[0] ?? 0) & 0x3f);
  return digest;
}

function distinguishedName(commonName: string, organizations: readonly string[] = []): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8(value)));
  return sequence(...organizations.map((name) => attribute("2.5.4.10", name)), attribute("2.5.4.3", commonName));
}

function extensions(request: CertificateRequest): Buffer[] {
  const made: Buffer[] = [];
  if (request.isAuthority) {
    made.push(extension("2.5.29.19", sequence(yes), true));
    // keyCertSign and cRLSign.
    made.push(extension("2.5.29.15", der(0x03, Buffer.of(1, 0b0000_0110)), true));
  }
  const names = request.dnsNames ?? [];
  if (names.length > 0) made.push(extension("2.5.29.17", sequence(...names.map(generalName)), false));
  if (made.length === 0) made.push(extension("2.5.29.19", sequence(), false));
  return made;
}

function extension(id: string, content: Buffer, critical: boolean): Buffer {
  return sequence(oid(id), ...(critical ? [yes] : []), octets(content));
}

function generalName(name: string): Buffer {
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split(".").map(Number)));
  return der(0x82, Buffer.from(name, "ascii"));
}
