/**
 * LOWER of an Ingress's TLS sections: a Host for every name, which serves cleartext requests too and takes the routes
 * of Ingresses alone. A Host that a user writes for the same name takes its place.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type ResourceRef, refKey } from "#base/origin.ts";
import type { Secret } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { HostDecl } from "../ir/host.ts";
import type { SecretUse } from "../ir/secret.ts";
import { ingressLabel } from "./ingress-label.ts";
import { invalidHost, lowerHostName } from "./ingress-names.ts";
import { certificateUse, secretProblems } from "./secrets.ts";

/** What TLS sections are lowered against. */
export interface HostLookup {
  readonly secrets: Collection<Secret>;
  /** Users' Hosts and what acts as such, under "": where there are none, a Host for all names takes all routes. */
  readonly anyHost: Collection<unknown>;
  readonly anyContextHost: Collection<unknown>;
}

/** An Ingress of any dialect, as far as TLS goes. */
export interface TlsSections {
  readonly ref: ResourceRef;
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly insecure: "route" | "redirect";
  readonly tls: readonly Section[];
}

interface Section {
  readonly hosts: readonly string[];
  readonly secretName?: string;
  /** The Secret's; absent: the Ingress's own. */
  readonly secretNamespace?: string;
}

/** The Hosts of an Ingress. */
export function ingressHosts(lookup: HostLookup): (ingress: TlsSections, reads: Reads) => Derived<HostDecl> {
  return (ingress, reads) => {
    const hosts = new Map<string, HostDecl>();
    const diagnostics: Diagnostic[] = [];
    ingress.tls.forEach((section, i) => {
      const at = child({ ref: ingress.ref, path: "" }, "spec", "tls", i);
      if (!section.secretName) {
        diagnostics.push(withoutSecret(at));
        return;
      }
      const certificate = certificateUse({
        namespace: section.secretNamespace ?? ingress.ref.namespace,
        name: section.secretName,
      });
      const problems = secretProblems(lookup, certificate.secret, "certificate", child(at, "secretName"), reads);
      diagnostics.push(...problems);
      const policy = sectionPolicy(ingress, problems.length > 0 ? undefined : certificate);
      for (const { glob, path } of namesOf(section, i, ingress, diagnostics)) {
        const key = `${refKey(ingress.ref)} tls ${glob}`;
        const selector = glob === "*" && isAlone(lookup, reads) ? {} : { selector: ingressLabel };
        // The first section counts, as the first path does.
        if (!hosts.has(key)) hosts.set(key, { key, origin: { ref: ingress.ref, path }, glob, ...policy, ...selector });
      }
    });
    return { out: hosts, diagnostics };
  };
}

/** Without any Host of users', what serves all names serves users' routes as well. */
function isAlone({ anyHost, anyContextHost }: HostLookup, reads: Reads): boolean {
  return !reads.has(anyHost, "") && !reads.has(anyContextHost, "");
}

function sectionPolicy(
  { ref, created = "", labels, insecure }: TlsSections,
  certificate: SecretUse | undefined,
): Omit<HostDecl, "key" | "origin" | "glob"> {
  return {
    created,
    namespace: ref.namespace,
    labels,
    insecure,
    additionalPort: 8080,
    ...(certificate ? { tls: { certificate, policy: { requireClientCertificate: false } } } : { tlsBroken: true }),
    yields: true,
  };
}

function namesOf(
  { hosts }: Section,
  i: number,
  { ref }: Pick<TlsSections, "ref">,
  diagnostics: Diagnostic[],
): readonly { readonly glob: string; readonly path: string }[] {
  if (hosts.length === 0) return [{ glob: "*", path: `.spec.tls[${i}]` }];
  return hosts.flatMap((host, j) => {
    const path = `.spec.tls[${i}].hosts[${j}]`;
    const glob = lowerHostName(host);
    if (!glob) diagnostics.push(invalidHost({ ref, path }, host, "TLS is not served for it"));
    return glob ? [{ glob: glob.text, path }] : [];
  });
}

function withoutSecret(at: Diagnostic["at"]): Diagnostic {
  return diagnose("ingress/tls-without-secret", at, "a TLS section needs a secretName", {
    traffic: "TLS is not served for its hosts; plain HTTP goes on",
    hint: "name the Secret with the certificate",
  });
}
