/**
 * LOWER of Hosts: names, policy for insecure requests, and how TLS is terminated.
 * A Host whose certificate is missing keeps its plain HTTP side; nothing is served with another host's certificate.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob, splitPort } from "#base/hostname.ts";
import { child, formatRef, type Origin, refKey } from "#base/origin.ts";
import type { Host, HostSpec } from "../../api/index.ts";
import type { Collection, Derived, Reads } from "../../graph/graph.ts";
import type { HostDecl, HostTls, InsecureAction, LabelSelector } from "../../ir/host.ts";
import type { SecretUse } from "../../ir/secret.ts";
import type { Settings } from "../../settings.ts";
import { certificateUse, materialName, secretProblems } from "../secrets.ts";
import { hasAuthority, withOwnSecret } from "./own-certificate.ts";
import { type ContextDecl, type ContextLookup, contextName, findContext, lowerTlsPolicy } from "./tls.ts";
import {
  type LoweredPolicy,
  lowerFiles,
  namesFiles,
  type TlsLookup,
  twoCertificates,
  withRoot,
} from "./tls-material.ts";

/** What Hosts are lowered against. */
export interface HostLookup extends TlsLookup, ContextLookup {
  /** The first Listener, under "". */
  readonly anyListener: Collection<Origin>;
  readonly settings: Collection<Settings>;
}

/** Lowers a Host. */
export function lowerHost(lookup: HostLookup): (host: Host, reads: Reads) => Derived<HostDecl> {
  return (given, reads) => {
    const isObtained = reads.get(lookup.settings, "")?.obtainsCertificates === true && hasAuthority(given.spec);
    const host = isObtained ? withOwnSecret(given) : given;
    const { spec, ref } = host;
    const origin: Origin = { ref, path: "" };
    const { name, port } = splitPort(spec.hostname.toLowerCase());
    const glob = parseGlob(name);
    // Admission refuses these, so that the last good version of the Host goes on.
    if (!glob || name === "") return { out: [] };
    const diagnostics: Diagnostic[] = [];
    if (!isObtained && hasAuthority(spec)) diagnostics.push(notObtained(origin));
    const tls = lowerHostTls(lookup, host, glob.text, reads, diagnostics);
    if (tls && !tls.policy.alpn) diagnostics.push(withoutHttp2(origin, spec.tlsSecret?.name ? "tlsSecret" : "tls"));
    const { additionalPort, action = "Redirect" } = spec.requestPolicy?.insecure ?? {};
    if (additionalPort !== undefined && reads.has(lookup.anyListener, "")) diagnostics.push(closedPort(origin));
    const decl: HostDecl = {
      key: refKey(ref),
      origin,
      created: host.created ?? "",
      namespace: ref.namespace,
      labels: host.labels,
      glob: glob.text,
      ...(port === undefined ? {} : { port }),
      ...lowerSelector(spec),
      insecure: action.toLowerCase() as InsecureAction,
      additionalPort: additionalPort ?? 8080,
      ...(tls ? { tls } : asksForTls(spec) ? { tlsBroken: true } : {}),
    };
    return { out: [[decl.key, decl]], diagnostics };
  };
}

function notObtained(origin: Origin): Diagnostic {
  const at = child(origin, "spec", "acmeProvider");
  return diagnose("host/acme-not-obtained", at, "nothing obtains certificates here", {
    traffic: "TLS is served with the certificate in tlsSecret, if that Secret exists",
    hint: "a run in a cluster or with a state directory does, unless AES_ACME_LEADER_DISABLE is set",
  });
}

function closedPort(origin: Origin): Diagnostic {
  const at = child(origin, "spec", "requestPolicy", "insecure", "additionalPort");
  return diagnose("compat/listeners-in-force", at, "there is a Listener, so only Listeners open ports", {
    traffic: "this port is closed unless a Listener names it",
    hint: "create a Listener for every port that clients use",
  });
}

function lowerSelector(spec: HostSpec): { readonly selector?: LabelSelector } {
  const labels = (spec.mappingSelector ?? spec.selector)?.matchLabels;
  return labels && Object.keys(labels).length > 0 ? { selector: labels } : {};
}

function lowerHostTls(
  lookup: HostLookup,
  host: Host,
  glob: string,
  reads: Reads,
  diagnostics: Diagnostic[],
): HostTls | undefined {
  const { spec, ref } = host;
  const origin: Origin = { ref, path: "" };
  if (!asksForTls(spec)) {
    diagnostics.push(...uselessTls(spec, origin));
    return undefined;
  }
  const certificate = hostCertificate(lookup, host, reads, diagnostics);
  if (!certificate) return undefined;
  if (spec.tls && spec.tlsContext?.name) {
    diagnostics.push(twoSettings(origin));
    return undefined;
  }
  const rooted = (settings: LoweredPolicy): HostTls | undefined => {
    const at = child(origin, "spec", "tlsSecret");
    const { policy, broken, diagnostics: found } = withRoot(settings, certificate, { lookup, at, reads });
    diagnostics.push(...found);
    return broken ? undefined : { certificate, policy };
  };
  if (spec.tls) {
    const dotted = reads.get(lookup.defaults, "")?.secretNamespacing ?? true;
    return rooted(lowerTlsPolicy(spec.tls, { lookup, at: child(origin, "spec", "tls"), dotted, reads }));
  }
  const named = spec.tlsContext?.name;
  const context = findContext(lookup, named ?? `${ref.name}-context`, ref.namespace, reads);
  if (!context) {
    if (named) diagnostics.push(unknownContext(origin, named));
    return named ? undefined : rooted({ policy: { requireClientCertificate: false }, broken: false, diagnostics: [] });
  }
  const tls = withContext(context, certificate, glob, origin, diagnostics);
  const own = tls && rooted({ policy: tls.policy, broken: false, diagnostics: [] });
  return own && { ...tls, ...own };
}

/** A Secret makes a Host serve TLS, and so do files in `tls`. */
function asksForTls({ tlsSecret, tls }: HostSpec): boolean {
  return Boolean(tlsSecret?.name) || (tls !== undefined && namesFiles(tls));
}

function hostCertificate(
  lookup: HostLookup,
  { spec, ref }: Host,
  reads: Reads,
  diagnostics: Diagnostic[],
): SecretUse | undefined {
  const at = child({ ref, path: "" }, "spec", "tls");
  const name = spec.tlsSecret?.name;
  if (!name) {
    const lowered = lowerFiles(lookup, spec.tls ?? {}, at, reads);
    diagnostics.push(...lowered.diagnostics, ...(lowered.use ? [servedWithFiles(at)] : []));
    return lowered.use;
  }
  if (spec.tls && namesFiles(spec.tls)) {
    diagnostics.push({ ...twoCertificates(spec.tls, at, "tlsSecret"), traffic: noTls });
    return undefined;
  }
  const use = certificateUse({ namespace: spec.tlsSecret?.namespace ?? ref.namespace, name });
  const isObtained = reads.get(lookup.settings, "")?.obtainsCertificates === true && hasAuthority(spec);
  if (isObtained && !reads.has(lookup.secrets, use.secret)) {
    diagnostics.push(pending({ ref, path: "" }, spec.hostname, use.secret));
    return undefined;
  }
  const missing = secretProblems(
    lookup,
    use.secret,
    "certificate",
    child({ ref, path: "" }, "spec", "tlsSecret"),
    reads,
  );
  diagnostics.push(...missing);
  return missing.length > 0 ? undefined : use;
}

function pending(origin: Origin, hostname: string, secret: string): Diagnostic {
  const at = child(origin, "spec", "acmeProvider");
  if (parseGlob(hostname)?.kind !== "exact") {
    return diagnose("host/acme-pattern", at, "an authority issues certificates for exact host names alone", {
      traffic: "TLS is not served for it; plain HTTP goes on",
      hint: `write a Host for each name, or put a certificate into Secret ${secret} and set authority: none`,
    });
  }
  return diagnose("host/certificate-pending", at, `its certificate, Secret ${secret}, is still to be obtained`, {
    traffic: "TLS is not served for it until then; plain HTTP goes on",
  });
}

function withContext(
  context: ContextDecl,
  certificate: HostTls["certificate"],
  glob: string,
  origin: Origin,
  diagnostics: Diagnostic[],
): HostTls | undefined {
  if (context.certificate && context.certificate.secret !== certificate.secret) {
    diagnostics.push(otherSecret(context.certificate, certificate, context, origin));
    return undefined;
  }
  if (context.hosts.length > 0 && !context.hosts.includes(glob) && !context.hosts.includes(origin.ref.name)) {
    diagnostics.push(
      diagnose(
        "host/not-in-context",
        child(origin, "spec", "tlsContext"),
        `${contextName(context)} does not list ${glob} in its hosts`,
        {
          traffic: "its settings are used all the same",
        },
      ),
    );
  }
  return context.broken ? undefined : { certificate, policy: context.policy, context: formatRef(context.ref) };
}

function servedWithFiles(at: Origin): Diagnostic {
  const message = "the certificate is in files, without a tlsSecret";
  return diagnose("compat/host-files", child(at, "cert_chain_file"), message, {
    traffic: "TLS is served with it; the old system ignored the tls of a Host that has no tlsSecret",
  });
}

function uselessTls(spec: HostSpec, origin: Origin): readonly Diagnostic[] {
  return (["tls", "tlsContext"] as const)
    .filter((field) => spec[field] !== undefined)
    .map((field) =>
      diagnose("host/tls-without-secret", child(origin, "spec", field), `${field} does nothing without tlsSecret`, {
        traffic: "the Host is served without TLS",
        hint: "name the Secret with the certificate in tlsSecret, or its files in tls",
      }),
    );
}

const noTls = "TLS is not served for it; plain HTTP goes on";

function twoSettings(origin: Origin): Diagnostic {
  return diagnose("host/tls-and-context", child(origin, "spec", "tls"), "tls and tlsContext cannot both be set", {
    traffic: noTls,
    hint: "keep one of them",
  });
}

function unknownContext(origin: Origin, name: string): Diagnostic {
  return diagnose(
    "tls/unknown-context",
    child(origin, "spec", "tlsContext", "name"),
    `there is no TLSContext "${name}"`,
    {
      traffic: noTls,
      hint: "create the TLSContext, or correct the name",
    },
  );
}

function otherSecret(theirs: SecretUse, ours: SecretUse, context: ContextDecl, origin: Origin): Diagnostic {
  return diagnose(
    "host/other-secret",
    child(origin, "spec", "tlsSecret"),
    `${contextName(context)} names ${materialName(theirs)}, the Host names ${ours.secret}`,
    {
      traffic: noTls,
      hint: "let both name the same Secret, or leave it out of the TLSContext",
    },
  );
}

function withoutHttp2(origin: Origin, field: "tls" | "tlsSecret"): Diagnostic {
  return diagnose(
    "host/no-http2",
    child(origin, "spec", field),
    "no alpn_protocols are set, so HTTP/2 is not offered",
    {
      traffic: "clients speak HTTP/1.1 over TLS, as always with Ambassador",
      hint: 'set alpn_protocols to "h2,http/1.1" in tls or in the TLSContext',
    },
  );
}
