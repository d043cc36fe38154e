/**
 * LOWER of TLS: TLSContexts and the `tls` of Hosts become policies and references to key material.
 * Only whether a Secret holds what is asked of it decides anything here, so that a rotated certificate changes nothing
 * but itself.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, formatRef, type Origin, type ResourceRef } from "#base/origin.ts";
import type { Secret, TLSContext } from "../../api/index.ts";
import type { Collection, Derived, Index, Reads } from "../../graph/graph.ts";
import type { TlsVersion, UpstreamTls } from "../../ir/cluster.ts";
import type { TlsPolicy } from "../../ir/host.ts";
import type { SecretUse } from "../../ir/secret.ts";
import { secretFacts } from "../secrets.ts";
import type { RouteDefaults } from "./defaults.ts";

/** Where references to Secrets are looked up, by `namespace/name`. */
export interface SecretLookup {
  readonly secrets: Collection<Secret>;
  readonly defaults: Collection<RouteDefaults>;
}

/** A TLSContext, ready for use in either direction. */
export interface ContextDecl {
  readonly ref: ResourceRef;
  readonly hosts: readonly string[];
  readonly certificate?: SecretUse;
  readonly policy: TlsPolicy;
  readonly sni?: string;
  readonly redirectCleartextFrom?: number;
}

/** The TLS fields that a TLSContext and a Host's `tls` share. */
interface TlsFields {
  readonly ca_secret?: string | undefined;
  readonly crl_secret?: string | undefined;
  readonly alpn_protocols?: string | undefined;
  readonly cert_required?: boolean | undefined;
  readonly min_tls_version?: string | undefined;
  readonly max_tls_version?: string | undefined;
  readonly cipher_suites?: readonly string[] | undefined;
  readonly ecdh_curves?: readonly string[] | undefined;
}

/** A `name` or `name.namespace` as coordinates; the last dot divides, where dots may (resources.md 7.1). */
export function secretCoordinates(
  reference: string,
  namespace: string,
  dotted: boolean,
): { readonly namespace: string; readonly name: string } {
  const dot = dotted ? reference.lastIndexOf(".") : -1;
  return dot <= 0
    ? { namespace, name: reference }
    : { name: reference.slice(0, dot), namespace: reference.slice(dot + 1) };
}

/** A certificate by the Secret's coordinates. */
export function certificateUse(secret: { readonly namespace: string; readonly name: string }): SecretUse {
  const key = `${secret.namespace}/${secret.name}`;
  return { name: key, kind: "certificate", secret: key };
}

/** Lowers a TLSContext. What is missing costs what it was needed for, with a diagnostic, and nothing else. */
export function lowerTlsContext(lookup: SecretLookup): (context: TLSContext, reads: Reads) => Derived<ContextDecl> {
  return (context, reads) => {
    const { spec, ref } = context;
    const origin: Origin = { ref, path: "" };
    const dotted = spec.secret_namespacing ?? reads.get(lookup.defaults, "")?.secretNamespacing ?? true;
    const { policy, diagnostics } = lowerTlsPolicy(lookup, spec, child(origin, "spec"), dotted, reads);
    const certificate =
      spec.secret === undefined ? undefined : certificateUse(secretCoordinates(spec.secret, ref.namespace, dotted));
    const missing =
      certificate && secretProblem(lookup, certificate.secret, "certificate", child(origin, "spec", "secret"), reads);
    const decl: ContextDecl = {
      ref,
      hosts: (spec.hosts ?? []).map((host) => host.toLowerCase()),
      ...(certificate && !missing ? { certificate } : {}),
      policy,
      ...(spec.sni === undefined ? {} : { sni: spec.sni }),
      ...(spec.redirect_cleartext_from === undefined ? {} : { redirectCleartextFrom: spec.redirect_cleartext_from }),
    };
    return {
      out: [[`${ref.namespace}/${ref.name}`, decl]],
      diagnostics: missing ? [...diagnostics, missing] : diagnostics,
    };
  };
}

/** The policy of TLS fields; a missing CA Secret still asks for client certificates, which then all fail. */
export function lowerTlsPolicy(
  lookup: SecretLookup,
  fields: TlsFields,
  at: Origin,
  dotted: boolean,
  reads: Reads,
): { readonly policy: TlsPolicy; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const validation = lowerValidation(lookup, fields, at, dotted, reads, diagnostics);
  const alpn = (fields.alpn_protocols ?? "").split(",").map((protocol) => protocol.trim());
  const policy: TlsPolicy = {
    ...(alpn[0] ? { alpn: alpn.filter((protocol) => protocol !== "") } : {}),
    ...version("minVersion", fields.min_tls_version, child(at, "min_tls_version"), diagnostics),
    ...version("maxVersion", fields.max_tls_version, child(at, "max_tls_version"), diagnostics),
    ...(fields.cipher_suites ? { cipherSuites: fields.cipher_suites } : {}),
    ...(fields.ecdh_curves ? { ecdhCurves: fields.ecdh_curves } : {}),
    ...(validation ? { validation } : {}),
    requireClientCertificate: fields.cert_required ?? false,
  };
  return { policy, diagnostics };
}

function lowerValidation(
  lookup: SecretLookup,
  fields: TlsFields,
  at: Origin,
  dotted: boolean,
  reads: Reads,
  diagnostics: Diagnostic[],
): SecretUse | undefined {
  if (fields.ca_secret === undefined) return undefined;
  const ca = secretCoordinates(fields.ca_secret, at.ref.namespace, dotted);
  const secret = `${ca.namespace}/${ca.name}`;
  const missing = secretProblem(lookup, secret, "ca", child(at, "ca_secret"), reads);
  if (missing) diagnostics.push(missing);
  const use = { name: `${secret}/ca`, kind: "validation", secret } as const;
  if (fields.crl_secret === undefined) return use;
  const list = secretCoordinates(fields.crl_secret, at.ref.namespace, dotted);
  const crl = `${list.namespace}/${list.name}`;
  const noList = secretProblem(lookup, crl, "crl", child(at, "crl_secret"), reads);
  if (noList) diagnostics.push(noList);
  return { ...use, name: `${secret}/ca+${crl}`, crl };
}

const versions: readonly string[] = ["v1.0", "v1.1", "v1.2", "v1.3"];

function version<Key extends "minVersion" | "maxVersion">(
  key: Key,
  value: string | undefined,
  at: Origin,
  diagnostics: Diagnostic[],
): { readonly [K in Key]?: TlsVersion } {
  if (value === undefined) return {};
  if (versions.includes(value)) return { [key]: value as TlsVersion } as { readonly [K in Key]: TlsVersion };
  diagnostics.push(
    diagnose("tls-context/invalid-version", at, `"${value}" is not a TLS version`, {
      traffic: "the limit is not applied",
      hint: "write v1.0, v1.1, v1.2 or v1.3",
    }),
  );
  return {};
}

/** Why a Secret cannot serve a purpose, or undefined if it can. */
export function secretProblem(
  lookup: SecretLookup,
  key: string,
  purpose: "certificate" | "ca" | "crl",
  at: Origin,
  reads: Reads,
): Diagnostic | undefined {
  const secret = reads.get(lookup.secrets, key);
  const fact = secret ? secretFacts(secret)[purpose] : "it does not exist";
  if (fact === true) return undefined;
  const message = secret ? `Secret ${key} cannot be used: ${fact}` : `there is no Secret ${key}`;
  const traffic = {
    certificate: "TLS is not served with it; plain HTTP goes on",
    ca: "client certificates cannot be checked: connections that need one are refused",
    crl: "client certificates cannot be checked: connections that need one are refused",
  };
  return diagnose("tls/unusable-secret", at, message, {
    traffic: traffic[purpose],
    hint: "create the Secret, or correct the reference",
  });
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
