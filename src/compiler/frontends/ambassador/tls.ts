/**
 * LOWER of TLS: TLSContexts and the `tls` of Hosts become policies and references to key material.
 * Only whether a Secret holds what is asked of it decides anything here, so that a rotated certificate changes nothing
 * but itself.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob } from "#base/hostname.ts";
import { child, formatRef, nameKey, type Origin, type ResourceRef } from "#base/origin.ts";
import type { TLSContext } from "../../api/index.ts";
import type { Collection, Derived, Index, Reads } from "../../graph/graph.ts";
import type { TlsVersion, UpstreamTls } from "../../ir/cluster.ts";
import type { TlsPolicy } from "../../ir/host.ts";
import type { SecretUse } from "../../ir/secret.ts";
import {
  type AuthorityFields,
  type LoweredPolicy,
  lowerAuthority,
  lowerCertificate,
  type TlsLookup,
  type TlsSurroundings,
  withRoot,
} from "./tls-material.ts";
import { lowerSni, lowerTlsNames } from "./tls-names.ts";

/** A TLSContext, ready for use in either direction. */
export interface ContextDecl {
  readonly ref: ResourceRef;
  /** Where it is written, if it is no TLSContext of its own. */
  readonly at?: Origin;
  readonly hosts: readonly string[];
  readonly certificate?: SecretUse;
  readonly policy: TlsPolicy;
  readonly sni?: string;
  readonly redirectCleartextFrom?: number;
  /** What it asks for cannot be had: nothing may be served or reached by it. */
  readonly broken?: true;
}

/** The TLS fields that a TLSContext and a Host's `tls` share. */
interface TlsFields extends AuthorityFields {
  readonly alpn_protocols?: string | undefined;
  readonly cert_required?: boolean | undefined;
  readonly min_tls_version?: string | undefined;
  readonly max_tls_version?: string | undefined;
  readonly cipher_suites?: readonly string[] | undefined;
  readonly ecdh_curves?: readonly string[] | undefined;
}

/** Lowers a TLSContext. What is missing costs what it was needed for, with a diagnostic, and nothing else. */
export function lowerTlsContext(lookup: TlsLookup): (context: TLSContext, reads: Reads) => Derived<ContextDecl> {
  return (context, reads) => {
    const { spec, ref } = context;
    const origin: Origin = { ref, path: "" };
    const dotted = spec.secret_namespacing ?? reads.get(lookup.defaults, "")?.secretNamespacing ?? true;
    const at = child(origin, "spec");
    const around = { lookup, at, dotted, reads };
    const certificate = lowerCertificate(spec, around);
    const own = lowerTlsPolicy(spec, around);
    const { policy, broken, diagnostics } = withRoot(own, certificate.use, { ...around, at: child(at, "secret") });
    const named = lowerHosts(spec.hosts ?? [], child(origin, "spec", "hosts"));
    const sni = lowerSni(spec.sni, child(origin, "spec", "sni"));
    const decl: ContextDecl = {
      ref,
      hosts: named.hosts,
      ...(certificate.use ? { certificate: certificate.use } : {}),
      ...(broken || certificate.conflict ? { broken: true } : {}),
      policy,
      ...sni.names,
      ...(spec.redirect_cleartext_from === undefined ? {} : { redirectCleartextFrom: spec.redirect_cleartext_from }),
    };
    return {
      out: [[nameKey(ref), decl]],
      diagnostics: [...diagnostics, ...certificate.diagnostics, ...named.diagnostics, ...sni.diagnostics],
    };
  };
}

function lowerHosts(
  given: readonly string[],
  at: Origin,
): { readonly hosts: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const hosts = given.flatMap((host) => (host === "" ? [] : (parseGlob(host)?.text ?? [])));
  const diagnostics = given.flatMap((host, index) => {
    if (host !== "" && parseGlob(host)) return [];
    const traffic = "TLS is not served for this name by the TLSContext";
    const message = `${JSON.stringify(host)} is not a host name pattern`;
    return [diagnose("tls-context/invalid-host", child(at, index), message, { traffic })];
  });
  return { hosts: [...new Set(hosts)], diagnostics };
}

/** The policy of TLS fields. */
export function lowerTlsPolicy(fields: TlsFields, around: TlsSurroundings): LoweredPolicy {
  const { lookup, at, reads } = around;
  const { use: validation, diagnostics: missing } = lowerAuthority(fields, around);
  const fatal = [...missing, ...versionProblems(fields, at)];
  const named = lowerTlsNames(fields, at);
  const policy: TlsPolicy = {
    ...named.names,
    ...version("minVersion", fields.min_tls_version),
    ...version("maxVersion", fields.max_tls_version),
    ...(validation ? { validation } : {}),
    requireClientCertificate: fields.cert_required ?? asksForCertificate(lookup, validation, reads),
  };
  return {
    policy,
    broken: fatal.length > 0 || named.broken,
    diagnostics: [...fatal, ...named.diagnostics],
    ...(policy.requireClientCertificate && !validation ? { unchecked: uncheckedClients(at) } : {}),
  };
}

/** A CA Secret may say itself that clients need a certificate. */
function asksForCertificate(lookup: TlsLookup, validation: SecretUse | undefined, reads: Reads): boolean {
  const secret = validation && reads.get(lookup.secrets, validation.secret);
  return secret?.spec.certRequired ?? false;
}

/** Envoy would let every client in, with a certificate or without. */
function uncheckedClients(at: Origin): Diagnostic {
  const message =
    "client certificates are required, but there is no ca_secret or cacert_chain_file to check them against";
  return diagnose("tls/unchecked-clients", child(at, "cert_required"), message, {
    traffic: "TLS is not spoken with these settings",
    hint: "name the Secret with the authority's certificate in ca_secret, or its file in cacert_chain_file",
  });
}

const versions: readonly string[] = ["v1.0", "v1.1", "v1.2", "v1.3"];

function version<Key extends "minVersion" | "maxVersion">(
  key: Key,
  value: string | undefined,
): { readonly [K in Key]?: TlsVersion } {
  if (value === undefined || !versions.includes(value)) return {};
  return { [key]: value as TlsVersion } as { readonly [K in Key]: TlsVersion };
}

function versionProblems(fields: TlsFields, at: Origin): readonly Diagnostic[] {
  const { min_tls_version: min, max_tls_version: max } = fields;
  const problem = (field: string, message: string): Diagnostic =>
    diagnose("tls-context/invalid-version", child(at, field), message, {
      traffic: "TLS is not spoken with these settings",
      hint: "write v1.0, v1.1, v1.2 or v1.3",
    });
  const unknown = (["min_tls_version", "max_tls_version"] as const).flatMap((field) => {
    const value = fields[field];
    return value === undefined || versions.includes(value) ? [] : [problem(field, `"${value}" is not a TLS version`)];
  });
  if (unknown.length > 0 || min === undefined || max === undefined || min <= max) return unknown;
  return [problem("max_tls_version", `no version is both at least ${min} and at most ${max}`)];
}

/** Where TLSContexts are looked up: in the object's own namespace first, then anywhere by name. */
export interface ContextLookup {
  readonly contexts: Collection<ContextDecl>;
  readonly byName: Index<ContextDecl>;
}

/** The TLSContext of a name, as an object in `namespace` sees it. */
export function findContext(
  lookup: ContextLookup,
  name: string,
  namespace: string,
  reads: Reads,
): ContextDecl | undefined {
  return reads.get(lookup.contexts, `${namespace}/${name}`) ?? reads.lookup(lookup.byName, name)[0];
}

/** A TLSContext as seen from the connecting side. A client certificate is not needed to use the rest of it. */
export function upstreamTls(context: ContextDecl): UpstreamTls {
  const { alpn, minVersion, maxVersion, cipherSuites, ecdhCurves, validation } = context.policy;
  return {
    ...(context.sni === undefined ? {} : { sni: context.sni }),
    ...(context.certificate ? { certificate: context.certificate } : {}),
    ...(validation ? { validation } : {}),
    ...(alpn ? { alpn } : {}),
    ...(minVersion ? { minVersion } : {}),
    ...(maxVersion ? { maxVersion } : {}),
    ...(cipherSuites ? { cipherSuites } : {}),
    ...(ecdhCurves ? { ecdhCurves } : {}),
  };
}

/** How messages name a context. */
export function contextName(context: ContextDecl): string {
  return formatRef(context.ref);
}

/** Where the old system would have taken another context for connections to a service, or none. */
export function contextNotes(
  context: ContextDecl,
  scheme: string | undefined,
  { lookup, origin, reads }: { readonly lookup: ContextLookup; readonly origin: Origin; readonly reads: Reads },
): readonly Diagnostic[] {
  const at = child(origin, "spec", "tls");
  const name = contextName(context);
  const byOldOrder = ({ ref }: ContextDecl): string => `${ref.name}.${ref.namespace}`;
  const other = reads.lookup(lookup.byName, context.ref.name).find((one) => byOldOrder(one) < byOldOrder(context));
  if (other) {
    const message = `the object's own namespace comes first, so ${name} counts; the old system took ${contextName(other)}`;
    const traffic = `the service is spoken to with the settings of ${name}`;
    return [diagnose("compat/own-namespace", at, message, { traffic })];
  }
  if (context.certificate) return [];
  const message = `${name} counts without a client certificate; the old system passed over it`;
  const was = scheme === "https" ? "TLS without these settings" : "cleartext";
  const traffic = `the service is spoken to with TLS and these settings; it was ${was}`;
  return [diagnose("compat/context-settings", at, message, { traffic })];
}
