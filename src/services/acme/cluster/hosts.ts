/** Which Hosts of a cluster get their certificates from an authority, and what about them is worth another look. */
import { refKey } from "#base/origin.ts";
import type { Compiler } from "#compiler";
import type { CertificateCluster } from "../../../control/certificates.ts";
import {
  type AcmeHost,
  type CertificateSource,
  certificateSource,
  certificateSpec,
  filledSpec,
  orderedName,
  type SecretName,
} from "../acme-host.ts";
import { bundlesOf } from "../bundle.ts";
import type { Tended } from "../tending.ts";

/** What decides about Hosts. */
export interface HostChoice {
  /** Whether a Host that mentions no authority has one all the same, as with Edge Stack 1. */
  readonly impliedAcme: boolean;
}

type Objects = ReturnType<CertificateCluster["objects"]>;

/** A Host as it was last seen. */
export type HostObject = Objects extends ReadonlyMap<string, infer T> ? T : never;

/** The bundles of a cluster, by the key of their Secret. */
export function bundlesIn(compiler: Compiler, objects: Objects, choice: HostChoice): ReadonlyMap<string, Tended> {
  const hosts: AcmeHost[] = [];
  for (const [key, { resource }] of compiler.declared.objects.all("Host").entries()) {
    if (!objects.has(key)) continue;
    const { ref, created = "", spec } = resource;
    const host = { namespace: ref.namespace, name: ref.name, created, spec: certificateSpec(spec) };
    if (sourceOf(host, choice) === "ACME") hosts.push(host);
  }
  const versionOf = (secret: SecretName): string => secretVersion(objects, secret) ?? "";
  const all = [...bundlesOf(hosts)].map(([key, bundle]) => {
    const { secret, hosts: members } = bundle;
    const accounts = members.map((host) => versionOf(accountOf(host)));
    return [key, { bundle, version: [versionOf(secret), ...accounts].join(" ") }] as const;
  });
  return new Map(all);
}

/** The version that a Secret was last seen in. */
export function secretVersion(objects: Objects, { namespace, name }: SecretName): string | undefined {
  return objects.get(refKey({ group: "", kind: "Secret", namespace, name }))?.resourceVersion;
}

/** The Secret of a Host's account. */
export function accountOf(host: AcmeHost): SecretName {
  return { namespace: host.namespace, name: filledSpec(host).accountSecret };
}

/** Where a Host's certificate comes from. */
export function sourceOf(
  { namespace, spec }: Pick<AcmeHost, "namespace" | "spec">,
  choice: HostChoice,
): CertificateSource {
  // Whoever may write Hosts in one namespace must not write Secrets of another one.
  if (spec.tlsSecret?.name && (spec.tlsSecret.namespace ?? namespace) !== namespace) return "Other";
  // A pattern that mentions no authority was never meant for one.
  return certificateSource(spec, choice.impliedAcme && orderedName(spec) !== undefined);
}
