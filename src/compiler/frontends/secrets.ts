/**
 * LOWER of Secrets, for every dialect: what one can be used for, and the material once something uses it.
 * Certificates are read when somebody refers to them, once per version of the Secret; those that nobody refers to
 * cost nothing.
 */
import { readAuthorities, readCertificate, type Secret as SecretObject } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { Secret, SecretUse } from "../ir/secret.ts";

/** What a Secret can be used for, without its contents. A text says why not. */
export interface SecretFacts {
  readonly certificate: true | string;
  readonly ca: true | string;
  readonly crl: true | string;
}

const known = new WeakMap<SecretObject, SecretFacts>();

/** Judges a Secret; the answer is remembered for as long as the object lives. */
export function secretFacts(secret: SecretObject): SecretFacts {
  const facts = known.get(secret) ?? judge(secret);
  known.set(secret, facts);
  return facts;
}

function judge(secret: SecretObject): SecretFacts {
  const certificate = readCertificate(secret);
  const authorities = readAuthorities(secret);
  return {
    certificate: certificate.value ? true : (certificate.diagnostics[0]?.message ?? "it cannot be read"),
    ca: authorities.value ? true : (authorities.diagnostics[0]?.message ?? "it cannot be read"),
    crl: secret.spec.crl?.includes("-----BEGIN X509 CRL-----") ? true : "It has no revocation list (crl.pem)",
  };
}

/** The material of one SDS resource, for everything that uses it. Unusable Secrets give none. */
export function lowerSecret(
  secrets: Collection<SecretObject>,
): (uses: readonly SecretUse[], reads: Reads) => Derived<Secret> {
  return (uses, reads) => {
    const use = uses[0];
    const secret = use && reads.get(secrets, use.secret);
    if (!use || !secret) return { out: [] };
    const material =
      use.kind === "certificate" ? certificateOf(use, secret) : validationOf(use, secret, secrets, reads);
    return { out: material ? [[use.name, material]] : [] };
  };
}

function certificateOf(use: SecretUse, secret: SecretObject): Secret | undefined {
  const { certificate: chain, privateKey } = secret.spec;
  if (secretFacts(secret).certificate !== true || chain === undefined || privateKey === undefined) return undefined;
  return { kind: "certificate", name: use.name, chain, privateKey };
}

function validationOf(
  use: SecretUse,
  secret: SecretObject,
  secrets: Collection<SecretObject>,
  reads: Reads,
): Secret | undefined {
  const trustedCa = readAuthorities(secret).value;
  const list = use.crl === undefined ? undefined : reads.get(secrets, use.crl);
  if (trustedCa === undefined || (use.crl !== undefined && (!list || secretFacts(list).crl !== true))) return undefined;
  return { kind: "validation", name: use.name, trustedCa, ...(list?.spec.crl ? { crl: list.spec.crl } : {}) };
}
