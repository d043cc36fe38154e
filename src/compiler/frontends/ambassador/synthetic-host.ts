/**
 * LOWER without Hosts: everything is served under a catch-all, in cleartext.
 * TLSContexts that list host names and have a certificate act as Hosts of 1.x while no Host claims the name.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Secret } from "../../api/index.ts";
import type { Collection, Derived, Reads } from "../../graph/graph.ts";
import type { HostDecl, HostTls } from "../../ir/host.ts";
import type { Settings } from "../../settings.ts";
import { certificateUse, secretFacts } from "../secrets.ts";
import type { LegacyListening } from "./defaults.ts";
import type { ContextDecl } from "./tls.ts";

/** What decides whether there are synthetic Hosts. */
export interface SyntheticHostLookup {
  readonly settings: Collection<Settings>;
  readonly module: Collection<LegacyListening>;
  /** Whether there is any Host of ours, usable or not: key "". */
  readonly anyHost: Collection<unknown>;
  readonly anyListener: Collection<unknown>;
}

/** The catch-all Host of an instance without Hosts. */
export function catchAllHost(
  lookup: SyntheticHostLookup & { readonly contextHosts: Collection<HostDecl>; readonly secrets: Collection<Secret> },
): (reads: Reads) => Derived<HostDecl> {
  return (reads) => {
    if (reads.has(lookup.anyHost, "") || reads.has(lookup.contextHosts, "")) return { out: [] };
    const { namespace = "default", fallbackCertificate } = reads.get(lookup.settings, "") ?? {};
    const fallback = fallbackCertificate && lowerFallback(lookup.secrets, namespace, reads);
    const redirect = reads.get(lookup.module, "")?.redirectCleartext && !reads.has(lookup.anyListener, "");
    const host: HostDecl = {
      key: "synthetic/default-host",
      origin: { ref: { group: "getambassador.io", kind: "Host", namespace, name: "default-host" }, path: "" },
      created: "",
      namespace,
      labels: {},
      glob: "*",
      insecure: redirect || (fallback?.tls && fallbackCertificate === "redirect") ? "redirect" : "route",
      additionalPort: 8080,
      ...(fallback?.tls ? { tls: fallback.tls } : {}),
    };
    return { out: [[host.key, host]], diagnostics: fallback?.diagnostics ?? [] };
  };
}

/** TLS with the certificate that Edge Stack made for itself, where there is one. */
function lowerFallback(
  secrets: Collection<Secret>,
  namespace: string,
  reads: Reads,
): { readonly tls?: HostTls; readonly diagnostics: readonly Diagnostic[] } {
  const certificate = certificateUse({ namespace, name: "fallback-self-signed-cert" });
  const secret = reads.get(secrets, certificate.secret);
  if (!secret) return { diagnostics: [] };
  const diagnostics = secretFacts(secret, "certificate");
  if (diagnostics.length > 0) return { diagnostics };
  return { tls: { certificate, policy: { requireClientCertificate: false } }, diagnostics };
}

/** A 1.x TLSContext with host names, as the Hosts it stands for. */
export function contextHosts(lookup: SyntheticHostLookup): (context: ContextDecl, reads: Reads) => Derived<HostDecl> {
  return (context, reads) => {
    const { certificate, ref, policy, redirectCleartextFrom: from } = context;
    if (!certificate || context.broken || context.hosts.length === 0 || reads.has(lookup.anyHost, ""))
      return { out: [] };
    if (reads.has(lookup.anyListener, "")) return { out: [], diagnostics: [hostsIgnored(context)] };
    const out = context.hosts.map((glob) => {
      const host: HostDecl = {
        key: `context/${ref.namespace}/${ref.name}/${glob}`,
        origin: context.at ?? { ref, path: ".spec.hosts" },
        created: "",
        namespace: ref.namespace,
        labels: {},
        glob,
        insecure: from === undefined ? "reject" : "redirect",
        additionalPort: from ?? -1,
        tls: { certificate, policy },
      };
      return [host.key, host] as const;
    });
    return { out };
  };
}

function hostsIgnored({ ref }: ContextDecl): Diagnostic {
  return diagnose(
    "tls-context/hosts-ignored",
    { ref, path: ".spec.hosts" },
    "beside Listeners only Hosts are served, not the hosts of a TLSContext",
    {
      traffic: "TLS is not served for these names",
      hint: "create a Host for each of them, with tlsSecret and tlsContext",
    },
  );
}
