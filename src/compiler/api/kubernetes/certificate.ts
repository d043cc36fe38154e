/**
 * What stands in the PEM of a Secret: read where the Secret is referred to. Validity in time is told, not judged,
 * and no message repeats any material.
 */
import { type KeyObject, X509Certificate } from "node:crypto";
import { type Checked, type Diagnostic, type DiagnosticCode, diagnose, ok } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import { parseKey } from "./private-key.ts";
import type { Secret } from "./secret.ts";

/** What is known of a certificate. */
export interface Certificate {
  /** The chain, own certificate first. */
  readonly chain: string;
  readonly privateKey: string;
  /** `rsa`, `ec` or `ed25519`. */
  readonly keyType: string;
  /** DNS names of the certificate, or its common name where it has none. */
  readonly dnsNames: readonly string[];
  /** ISO times. */
  readonly notBefore: string;
  readonly notAfter: string;
}

const maxLength = 1 << 20;
const block = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** Certificate and key of a Secret that TLS is to be served (or spoken) with. */
export function readCertificate(secret: Secret): Checked<Certificate> {
  const { certificate, privateKey } = secret.spec;
  if (certificate === undefined)
    return problem(secret, "secret/invalid-certificate", "certificate", "it has no certificate (tls.crt)");
  if (privateKey === undefined)
    return problem(secret, "secret/invalid-key", "privateKey", "it has no private key (tls.key)");
  const chain = parseChain(certificate);
  const own = typeof chain === "string" ? undefined : chain[0];
  if (typeof chain === "string" || own === undefined)
    return problem(secret, "secret/invalid-certificate", "certificate", `its certificate ${String(chain)}`);
  const facts = factsOf(own);
  if (typeof facts === "string")
    return problem(secret, "secret/invalid-certificate", "certificate", `its certificate has ${facts}`);
  const key = parseKey(privateKey);
  if (typeof key === "string") return problem(secret, "secret/invalid-key", "privateKey", `its private key ${key}`);
  if (!belongs(own, key))
    return problem(secret, "secret/key-mismatch", "privateKey", "its private key does not belong to its certificate");
  return ok({
    chain: pemOf(chain),
    privateKey,
    ...facts,
  });
}

/** The certificates of the authorities in a Secret: `root-cert.pem`, `ca.crt`, or else `tls.crt`. */
export function readAuthorities(secret: Secret): Checked<string> {
  const { ca, certificate, rooted } = secret.spec;
  const text = ca ?? certificate;
  const part = rooted ? "root" : ca === undefined ? "certificate" : "ca";
  if (text === undefined)
    return problem(
      secret,
      "secret/invalid-certificate",
      "certificate",
      "it has no certificate of an authority (tls.crt)",
    );
  const chain = parseChain(text);
  if (typeof chain !== "string") return ok(pemOf(chain));
  return problem(secret, "secret/invalid-certificate", part, `its certificate ${chain}`);
}

const keys = { certificate: "tls.crt", privateKey: "tls.key", ca: "ca.crt", root: "root-cert.pem" } as const;

function problem<T>(secret: Secret, code: DiagnosticCode, part: keyof typeof keys, what: string): Checked<T> {
  const found: Diagnostic = diagnose(code, child({ ref: secret.ref, path: "" }, "data", keys[part]), what, {
    traffic: "TLS is not served with this Secret",
  });
  return { diagnostics: [found] };
}

/** The certificates, or what is wrong with them. */
function parseChain(pem: string): readonly X509Certificate[] | string {
  if (pem.length > maxLength) return "is larger than 1 MiB";
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0) return "is not PEM";
  const begun = pem.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/g)?.length ?? 0;
  if (begun > blocks.length) return `is cut off (number ${blocks.length + 1} of the chain)`;
  const chain: X509Certificate[] = [];
  for (const [index, text] of blocks.entries()) {
    try {
      chain.push(new X509Certificate(text));
    } catch {
      return `is not X.509 (number ${index + 1} of the chain)`;
    }
  }
  return chain;
}

/** Written anew: text between certificates, indentation and the like are not for Envoy. */
function pemOf(chain: readonly X509Certificate[]): string {
  return chain.map((certificate) => certificate.toString()).join("");
}

/** What a certificate says, or what of it nobody can serve with. It is looked into only here: what was read may be odd. */
function factsOf(own: X509Certificate): Pick<Certificate, "keyType" | "dnsNames" | "notBefore" | "notAfter"> | string {
  try {
    const { publicKey } = own;
    const [notBefore, notAfter] = [own.validFromDate.toISOString(), own.validToDate.toISOString()];
    const keyType = publicKey.asymmetricKeyType ?? "";
    return unfitKey(publicKey) ?? { keyType, dnsNames: namesOf(own), notBefore, notAfter };
  } catch {
    return "a key or a date that cannot be read";
  }
}

const curves = new Set(["prime256v1", "secp384r1", "secp521r1"]);

/** Why Envoy would not serve with a key, or undefined. */
function unfitKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === "rsa" && (details?.modulusLength ?? 0) < 2048) return "an RSA key of less than 2048 bits";
  if (type === "ec" && !curves.has(details?.namedCurve ?? "")) return "a key on a curve other than P-256, P-384, P-521";
  if (type === "rsa" || type === "ec" || type === "ed25519") return undefined;
  return "a key that is neither RSA, ECDSA nor Ed25519";
}

function belongs(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

function namesOf(certificate: X509Certificate): readonly string[] {
  const names = [...(certificate.subjectAltName ?? "").matchAll(/(?:^|, )DNS:([^,]+)/g)].map((match) => match[1] ?? "");
  if (names.length > 0) return names;
  const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return commonName === undefined ? [] : [commonName];
}
