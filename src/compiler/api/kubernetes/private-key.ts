/**
 * The private key of a Secret: whether it can be read, and whether its numbers belong together. One whose public part
 * is right and whose private part is not passes for the key of its certificate, and Envoy refuses it or fails every
 * handshake with it.
 */
import { createECDH, createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";

const maxLength = 1 << 20;

/** The key, or what is wrong with it. OpenSSL's own words are not passed on: they may quote the input. */
export function parseKey(pem: string): KeyObject | string {
  if (pem.length > maxLength) return "is larger than 1 MiB";
  if (pem.includes("ENCRYPTED")) return "is encrypted";
  try {
    const key = createPrivateKey(pem);
    return isWhole(key) ? key : "is damaged: its numbers do not belong together";
  } catch {
    return "is not PKCS #1, PKCS #8 or EC in PEM";
  }
}

function isWhole(key: KeyObject): boolean {
  if (key.asymmetricKeyType === "rsa") return isRsa(key.export({ format: "jwk" }));
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return (
    key.asymmetricKeyType !== "ec" || !curve || !jwkCurves.has(curve) || isEc(key.export({ format: "jwk" }), curve)
  );
}

/** The curves that have a name in JWK; keys on others are refused for their certificates. */
const jwkCurves = new Set(["prime256v1", "secp384r1", "secp521r1"]);

function isRsa(jwk: JsonWebKey): boolean {
  const number = (text = ""): bigint => BigInt(`0x0${Buffer.from(text, "base64url").toString("hex")}`);
  const [n, e, d, p, q] = [number(jwk.n), number(jwk.e), number(jwk.d), number(jwk.p), number(jwk.q)];
  const [dp, dq, qi] = [number(jwk.dp), number(jwk.dq), number(jwk.qi)];
  if (p < 2n || q < 2n || n !== p * q) return false;
  const exponents = (d * e) % (p - 1n) === 1n && (d * e) % (q - 1n) === 1n;
  return exponents && dp === d % (p - 1n) && dq === d % (q - 1n) && (qi * q) % p === 1n;
}

function isEc({ x = "", y = "", d = "" }: JsonWebKey, curve: string): boolean {
  const pair = createECDH(curve);
  pair.setPrivateKey(Buffer.from(d, "base64url"));
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return pair.getPublicKey().equals(point);
}
