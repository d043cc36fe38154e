/** Key material as Envoy gets it over SDS. The only IR that holds secrets; every view of it must redact. */

/** A certificate with its key, or what client certificates are checked against. PEM text. */
export type Secret =
  | { readonly kind: "certificate"; readonly name: string; readonly chain: string; readonly privateKey: string }
  | { readonly kind: "validation"; readonly name: string; readonly trustedCa: string; readonly crl?: string };

/** A reference to key material: the SDS name, and the objects that it is made of (`namespace/name` of Secrets). */
export interface SecretUse {
  readonly name: string;
  readonly kind: Secret["kind"];
  readonly secret: string;
  readonly crl?: string;
  /** The files that it is made of, in the place of a Secret. */
  readonly files?: MaterialFiles;
}

/** Whether a secret is one for which Envoy asks by the name in a handshake: others have a slash or a colon in theirs. */
export function isServerName(name: string): boolean {
  return !/[/:]/.test(name);
}

/** Paths as they are written: of a certificate (or authorities), and of its private key. */
export interface MaterialFiles {
  readonly certificate: string;
  readonly privateKey?: string;
}
