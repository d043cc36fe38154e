/**
 * A Host as far as its certificate goes: where that comes from, and what its spec says once everything that may be
 * left out is filled in.
 */
import { parseGlob } from "#base/hostname.ts";
import { accountSecretName, certificateSecretName } from "#base/secret-names.ts";

/** The fields of a Host that are about its certificate. */
export interface CertificateSpec {
  readonly hostname: string;
  readonly acmeProvider?: {
    readonly authority?: string;
    readonly email?: string;
    readonly privateKeySecret?: { readonly name?: string };
    readonly registration?: string;
  };
  readonly tlsSecret?: { readonly name?: string; readonly namespace?: string };
}

/** A Host. */
export interface AcmeHost {
  readonly namespace: string;
  readonly name: string;
  /** ISO time; empty where nothing is known of it. */
  readonly created: string;
  readonly spec: CertificateSpec;
}

/** The fields of a Host's spec that are about its certificate. */
export function certificateSpec(given: object): CertificateSpec {
  // The same fields, of which absent ones may read as undefined.
  const { hostname, acmeProvider, tlsSecret } = given as CertificateSpec;
  return { hostname, ...(acmeProvider ? { acmeProvider } : {}), ...(tlsSecret ? { tlsSecret } : {}) };
}

/** Where a Host's certificate comes from: an authority, somebody else, nowhere. */
export type CertificateSource = "ACME" | "Other" | "None";

/** Let's Encrypt. */
export const usualAuthority = "https://acme-v02.api.letsencrypt.org/directory";

/** The source; `impliedAcme` says whether a Host that mentions no authority has one all the same. */
export function certificateSource(
  { acmeProvider, tlsSecret }: CertificateSpec,
  impliedAcme: boolean,
): CertificateSource {
  const isOff = acmeProvider?.authority?.toLowerCase() === "none";
  if (!isOff && (acmeProvider !== undefined || impliedAcme)) return "ACME";
  return tlsSecret?.name ? "Other" : "None";
}

/** What an ACME Host's spec means, whether it says so or not. */
export interface FilledSpec {
  readonly authority: string;
  readonly email: string | undefined;
  /** In the Host's namespace. */
  readonly accountSecret: string;
  readonly registration: string | undefined;
  readonly certificate: SecretName;
}

/** Where a Secret is. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** The spec with its defaults. */
export function filledSpec({ namespace, spec }: AcmeHost): FilledSpec {
  const { authority: given, email, privateKeySecret, registration } = spec.acmeProvider ?? {};
  const authority = given || usualAuthority;
  const { tlsSecret } = spec;
  return {
    authority,
    email: email || undefined,
    accountSecret: privateKeySecret?.name || accountSecretName(authority, email),
    registration: registration || undefined,
    certificate: {
      namespace: tlsSecret?.namespace || namespace,
      name: tlsSecret?.name || certificateSecretName(spec.hostname),
    },
  };
}

/** The name of an ACME Host's account, which several Hosts may share. */
export function accountOf(host: AcmeHost): string {
  return `${host.namespace}/${filledSpec(host).accountSecret}`;
}

/** What is to be written into an ACME Host's spec, so that whoever reads it sees what is meant; undefined: nothing. */
export function missingDefaults(host: AcmeHost): CertificateSpec | undefined {
  const { hostname, acmeProvider, tlsSecret } = host.spec;
  const { authority, accountSecret, certificate } = filledSpec(host);
  if (acmeProvider?.authority && acmeProvider.privateKeySecret?.name && tlsSecret?.name) return undefined;
  return {
    hostname,
    acmeProvider: { ...acmeProvider, authority, privateKeySecret: { name: accountSecret } },
    tlsSecret: { ...tlsSecret, name: certificate.name },
  };
}

/** The name that an authority can be asked for; undefined for patterns, addresses and ports. */
export function orderedName({ hostname }: CertificateSpec): string | undefined {
  const glob = parseGlob(hostname);
  // A last label of digits alone does not exist in the DNS; it is an address.
  return glob?.kind === "exact" && /^[a-z0-9_.-]+$/.test(glob.text) && !/(?:^|\.)\d+$/.test(glob.text)
    ? glob.text
    : undefined;
}

/** What an attempt depended on: when it differs, an earlier failure says nothing any more. */
export function attemptKey(host: AcmeHost, wanted: readonly string[]): string {
  const { registration: _, ...spec } = filledSpec(host);
  return JSON.stringify([spec, wanted]);
}
