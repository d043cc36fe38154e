/**
 * LOWER of Secrets, for every dialect: what one can be used for, and the material once something uses it.
 * Certificates are read when somebody refers to them, once per version of the Secret; those that nobody refers to
 * cost nothing.
 */
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import { readAuthorities, readCertificate, readRevocationLists, type Secret as SecretObject } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { Secret, SecretUse } from "../ir/secret.ts";

/** Reading a Secret for each purpose; what was read is remembered for as long as the object lives. */
const read = {
  certificate: remembered(readCertificate),
  ca: remembered(readAuthorities),
  crl: remembered(readRevocationLists),
};

function remembered<T>(readSecret: (secret: SecretObject) => Checked<T>): (secret: SecretObject) => Checked<T> {
  const known = new WeakMap<SecretObject, Checked<T>>();
  return (secret) => {
    const before = known.get(secret);
    if (before) return before;
    const checked = readSecret(secret);
    known.set(secret, checked);
    return checked;
  };
}

/** Why a Secret cannot be used for something; empty: it can. */
export function secretFacts(secret: SecretObject, purpose: keyof typeof read): readonly Diagnostic[] {
  return read[purpose](secret).diagnostics;
}

/** A certificate by the Secret's coordinates. */
export function certificateUse(secret: { readonly namespace: string; readonly name: string }): SecretUse {
  const key = `${secret.namespace}/${secret.name}`;
  return { name: key, kind: "certificate", secret: key };
}

const cannot = {
  certificate: "TLS is not served with it; plain HTTP goes on",
  ca: "certificates cannot be checked, so TLS is not spoken with these settings",
  crl: "certificates cannot be checked, so TLS is not spoken with these settings",
} as const;

/** Why a Secret cannot serve a purpose: on the field that refers to it, and in the Secret itself. */
export function secretProblems(
  { secrets }: { readonly secrets: Collection<SecretObject> },
  key: string,
  purpose: "certificate" | "ca" | "crl",
  at: Origin,
  reads: Reads,
): readonly Diagnostic[] {
  const secret = reads.get(secrets, key);
  const facts = secret && secretFacts(secret, purpose);
  if (facts?.length === 0) return [];
  const message = facts ? `Secret ${key} cannot be used: ${facts[0]?.message}` : `there is no Secret ${key}`;
  const detail = { traffic: cannot[purpose], hint: "create the Secret, or correct the reference" };
  return [diagnose("tls/unusable-secret", at, message, detail), ...(facts ?? [])];
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
  const certificate = read.certificate(secret).value;
  if (certificate === undefined) return undefined;
  return { kind: "certificate", name: use.name, chain: certificate.chain, privateKey: certificate.privateKey };
}

function validationOf(
  use: SecretUse,
  secret: SecretObject,
  secrets: Collection<SecretObject>,
  reads: Reads,
): Secret | undefined {
  const trustedCa = read.ca(secret).value;
  const list = use.crl === undefined ? undefined : reads.get(secrets, use.crl);
  const crl = list && read.crl(list).value;
  if (trustedCa === undefined || (use.crl !== undefined && crl === undefined)) return undefined;
  return { kind: "validation", name: use.name, trustedCa, ...(crl === undefined ? {} : { crl }) };
}
