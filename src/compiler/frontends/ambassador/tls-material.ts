/**
 * LOWER of what TLS settings name: certificates and authorities, in Secrets or in files. Each comes from one of the two;
 * settings that name both could mean either, and nothing is served or reached by them.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, nameKey, type Origin } from "#base/origin.ts";
import type { Collection, Reads } from "../../graph/graph.ts";
import type { TlsPolicy } from "../../ir/host.ts";
import type { SecretUse } from "../../ir/secret.ts";
import { certificateUse, fileProblems, filesUse, type MaterialLookup, secretProblems } from "../secrets.ts";
import type { RouteDefaults } from "./defaults.ts";

/** What TLS settings are lowered against. */
export interface TlsLookup extends MaterialLookup {
  readonly defaults: Collection<RouteDefaults>;
}

/** Where TLS settings stand, and what the Secrets and files that they name are looked up in. */
export interface TlsSurroundings {
  readonly lookup: TlsLookup;
  readonly at: Origin;
  /** Whether a dot in the name of a Secret divides it from a namespace. */
  readonly dotted: boolean;
  readonly reads: Reads;
}

/** Fields that name a certificate. `secret` is a TLSContext's; a Host has tlsSecret. */
export interface CertificateFields {
  readonly secret?: string | undefined;
  readonly cert_chain_file?: string | undefined;
  readonly private_key_file?: string | undefined;
}

/** Fields that name authorities. */
export interface AuthorityFields {
  readonly ca_secret?: string | undefined;
  readonly cacert_chain_file?: string | undefined;
  readonly crl_secret?: string | undefined;
}

/** A reference that can be used, unless something is wrong. */
export interface LoweredUse {
  readonly use?: SecretUse;
  readonly diagnostics: readonly Diagnostic[];
}

/** A policy, and whether what it asks for cannot be had: then nothing may be served by it, rather than less securely. */
export interface LoweredPolicy {
  readonly policy: TlsPolicy;
  readonly broken: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Clients must show certificates, and the settings name nobody to check them against. */
  readonly unchecked?: Diagnostic;
}

/** A `name` or `name.namespace` as coordinates; the last dot divides, where dots may. */
function secretCoordinates(
  reference: string,
  { at, dotted }: TlsSurroundings,
): { readonly namespace: string; readonly name: string } {
  const dot = dotted ? reference.lastIndexOf(".") : -1;
  return dot <= 0
    ? { namespace: at.ref.namespace, name: reference }
    : { name: reference.slice(0, dot), namespace: reference.slice(dot + 1) };
}

/** Whether fields name files of a certificate. */
export function namesFiles(fields: CertificateFields): boolean {
  return fields.cert_chain_file !== undefined || fields.private_key_file !== undefined;
}

/** The certificate of a TLSContext. `conflict`: it names two. */
export function lowerCertificate(
  fields: CertificateFields,
  around: TlsSurroundings,
): LoweredUse & { readonly conflict: boolean } {
  const { lookup, at, reads } = around;
  if (fields.secret === undefined) {
    const lowered = namesFiles(fields) ? lowerFiles(lookup, fields, at, reads) : { diagnostics: [] };
    return { ...lowered, conflict: false };
  }
  if (namesFiles(fields)) return { conflict: true, diagnostics: [twoCertificates(fields, at, "secret")] };
  const use = certificateUse(secretCoordinates(fields.secret, around));
  const missing = secretProblems(lookup, use.secret, "certificate", child(at, "secret"), reads);
  return { ...(missing.length === 0 ? { use } : {}), conflict: false, diagnostics: missing };
}

/** A certificate in files: it needs both, and they must be usable. */
export function lowerFiles(lookup: TlsLookup, fields: CertificateFields, at: Origin, reads: Reads): LoweredUse {
  const { cert_chain_file: certificate, private_key_file: privateKey } = fields;
  if (certificate === undefined || privateKey === undefined) return { diagnostics: [half(fields, at)] };
  const files = { certificate, privateKey };
  const where = { certificate: child(at, "cert_chain_file"), privateKey: child(at, "private_key_file") };
  const diagnostics = fileProblems(lookup, files, where, reads);
  return { ...(diagnostics.length === 0 ? { use: filesUse("certificate", files) } : {}), diagnostics };
}

/** What certificates of the other side are checked against. Diagnostics cost everything that would be checked. */
export function lowerAuthority(fields: AuthorityFields, around: TlsSurroundings): LoweredUse {
  const { lookup, at, reads } = around;
  const authority = lowerTrusted(fields, around);
  const { use, diagnostics } = authority;
  if (!use || fields.crl_secret === undefined) return authority;
  const list = secretCoordinates(fields.crl_secret, around);
  const crl = nameKey(list);
  const noList = secretProblems(lookup, crl, "crl", child(at, "crl_secret"), reads);
  return { use: { ...use, name: `${use.name}+${crl}`, crl }, diagnostics: [...diagnostics, ...noList] };
}

/** A Secret that holds `root-cert.pem` brings its own authority, where the settings name no other. */
export function withRoot(
  { policy, broken, diagnostics, unchecked }: LoweredPolicy,
  certificate: SecretUse | undefined,
  { lookup, at, reads }: Omit<TlsSurroundings, "dotted">,
): LoweredPolicy {
  const secret = certificate && reads.get(lookup.secrets, certificate.secret);
  if (!certificate || policy.validation || !secret?.spec.rooted) {
    return unchecked
      ? { policy, broken: true, diagnostics: [...diagnostics, unchecked] }
      : { policy, broken, diagnostics };
  }
  const use = authorityIn(certificate.secret);
  const missing = secretProblems(lookup, use.secret, "ca", at, reads);
  return {
    policy: { ...policy, validation: use },
    broken: broken || missing.length > 0,
    diagnostics: [...diagnostics, ...missing],
  };
}

function authorityIn(secret: string): SecretUse {
  return { name: `${secret}/ca`, kind: "validation", secret };
}

function lowerTrusted(
  { ca_secret: name, cacert_chain_file: file }: AuthorityFields,
  around: TlsSurroundings,
): LoweredUse {
  if (name !== undefined && file !== undefined) return { diagnostics: [twoAuthorities(around.at)] };
  if (name !== undefined) return lowerAuthoritySecret(name, around);
  return file === undefined ? { diagnostics: [] } : lowerAuthorityFile(file, around);
}

function lowerAuthorityFile(certificate: string, { lookup, at, reads }: TlsSurroundings): LoweredUse {
  const where = child(at, "cacert_chain_file");
  const files = { certificate };
  const diagnostics = fileProblems(lookup, files, { certificate: where, privateKey: where }, reads);
  return { use: filesUse("validation", files), diagnostics };
}

function lowerAuthoritySecret(name: string, around: TlsSurroundings): LoweredUse {
  const { lookup, at, reads } = around;
  const ca = secretCoordinates(name, around);
  const secret = nameKey(ca);
  const diagnostics = secretProblems(lookup, secret, "ca", child(at, "ca_secret"), reads);
  return { use: authorityIn(secret), diagnostics };
}

const noTls = "TLS is not spoken with these settings";

/** Two fields say where the certificate is; `other` is the one beside the files. */
export function twoCertificates(fields: CertificateFields, at: Origin, other: "secret" | "tlsSecret"): Diagnostic {
  const field = fields.cert_chain_file === undefined ? "private_key_file" : "cert_chain_file";
  return diagnose("tls/two-certificates", child(at, field), `${other} and ${field} cannot both be set`, {
    traffic: noTls,
    hint: "keep the Secret or the files",
  });
}

function half(fields: CertificateFields, at: Origin): Diagnostic {
  const [given, missing] =
    fields.cert_chain_file === undefined
      ? (["private_key_file", "cert_chain_file"] as const)
      : (["cert_chain_file", "private_key_file"] as const);
  return diagnose("tls/half-certificate", child(at, given), `${given} does nothing without ${missing}`, {
    traffic: "there is no certificate: TLS is not served with it, and services are not shown one",
    hint: `name both files`,
  });
}

function twoAuthorities(at: Origin): Diagnostic {
  const message = "ca_secret and cacert_chain_file cannot both be set";
  return diagnose("tls/two-authorities", child(at, "cacert_chain_file"), message, {
    traffic: noTls,
    hint: "keep the Secret or the file",
  });
}
