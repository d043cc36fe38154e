/**
 * What an order is finished with: a new key, and the request for a certificate that is signed with it (RFC 2986).
 */
import { generateKeyPair, type KeyObject, type webcrypto } from "node:crypto";
import { promisify } from "node:util";
// The next import needs a polyfill that is there before it.
import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from "@peculiar/x509";

/** Kind of a certificate's key. */
export type KeyKind = "ecdsa-p256" | "rsa-2048";

/** A key with the request for its certificate. */
export interface CertificateRequest {
  /** PKCS#8 PEM. */
  readonly keyPem: string;
  /** DER, base64url. */
  readonly csr: string;
}

const generate = promisify(generateKeyPair);

/** Makes a key, and the request for a certificate for these names; it has no other subject. */
export async function requestCertificate(names: readonly string[], kind: KeyKind): Promise<CertificateRequest> {
  const { publicKey, privateKey } =
    kind === "ecdsa-p256"
      ? await generate("ec", { namedCurve: "P-256" })
      : await generate("rsa", { modulusLength: 2048 });
  const algorithm =
    kind === "ecdsa-p256"
      ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
      : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const asCryptoKey = (key: KeyObject, usage: "sign" | "verify"): webcrypto.CryptoKey =>
    key.toCryptoKey(algorithm, true, [usage]);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    keys: { publicKey: asCryptoKey(publicKey, "verify"), privateKey: asCryptoKey(privateKey, "sign") },
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value })))],
  });
  return {
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    csr: Buffer.from(csr.rawData).toString("base64url"),
  };
}
