/**
 * The key of an account at an authority: made, read from PEM, and used to sign requests (RFC 8555 section 6.2).
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, FlattenedSign, type JWK } from "jose";

/** A key that can sign. */
export interface AccountKey {
  readonly privateKey: KeyObject;
  /** Its public half. */
  readonly jwk: JWK;
  readonly algorithm: string;
  /** What answers to challenges end in. */
  readonly thumbprint: string;
}

/** A new ECDSA P-256 key as PKCS#8 PEM. */
export function newAccountKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The key in a PEM text; ECDSA or RSA, in any of their formats. Throws {@link UnusableKey}. */
export async function readAccountKey(pem: string): Promise<AccountKey> {
  const privateKey = parse(pem);
  const algorithm = algorithmOf(privateKey);
  const { kty, crv, x, y, n, e } = createPublicKey(privateKey).export({ format: "jwk" });
  const jwk = kty === "EC" ? { kty, crv, x, y } : { kty, n, e };
  return { privateKey, jwk: jwk as JWK, algorithm, thumbprint: await calculateJwkThumbprint(jwk as JWK) };
}

/** Thrown for text that is no key, or one that authorities do not take. It never quotes the text. */
export class UnusableKey extends Error {
  override readonly name = "UnusableKey";
}

function parse(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause may quote the key.
    throw new UnusableKey("it holds no private key as PEM");
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return "RS256";
  const curve = asymmetricKeyType === "ec" ? asymmetricKeyDetails?.namedCurve : undefined;
  if (curve === "prime256v1") return "ES256";
  if (curve === "secp384r1") return "ES384";
  throw new UnusableKey("its key is neither ECDSA on P-256 or P-384 nor RSA of 2048 bits or more");
}

/** What the header of a signed request says besides the algorithm. */
export interface SignedHeader {
  readonly url: string;
  readonly nonce?: string;
  /** The account's URL; the public key stands in the header where there is none. */
  readonly kid?: string;
}

/** A signed request body; no payload at all is how ACME reads (POST-as-GET). */
export async function signed(key: AccountKey, header: SignedHeader, payload?: object): Promise<string> {
  const { kid, ...rest } = header;
  const bytes = new TextEncoder().encode(payload === undefined ? "" : JSON.stringify(payload));
  const who = kid === undefined ? { jwk: key.jwk } : { kid };
  const jws = await new FlattenedSign(bytes)
    .setProtectedHeader({ alg: key.algorithm, ...rest, ...who })
    .sign(key.privateKey);
  return JSON.stringify(jws);
}

/** An account that somebody has with an authority outside of ACME. */
export interface ExternalAccount {
  readonly id: string;
  /** Its HMAC key, base64url. */
  readonly hmacKey: string;
}

/** The binding of a key to an external account (RFC 8555 section 7.3.4). */
export async function externalBinding(key: AccountKey, { id, hmacKey }: ExternalAccount, url: string): Promise<object> {
  const bytes = new TextEncoder().encode(JSON.stringify(key.jwk));
  const header = { alg: "HS256", kid: id, url };
  return new FlattenedSign(bytes).setProtectedHeader(header).sign(Buffer.from(hmacKey, "base64url"));
}
