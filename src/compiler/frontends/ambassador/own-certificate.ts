/** LOWER of Hosts whose certificates are obtained from an authority: which they are, and where the certificate goes. */
import { certificateSecretName } from "#base/secret-names.ts";
import type { Host, HostSpec } from "../../api/index.ts";

/** Whether a Host's certificate is to be obtained from an authority. */
export function hasAuthority({ acmeProvider }: HostSpec): boolean {
  return acmeProvider !== undefined && acmeProvider.authority?.toLowerCase() !== "none";
}

/** The Host with the name of its certificate's Secret, which it need not say. */
export function withOwnSecret(host: Host): Host {
  const { spec } = host;
  if (spec.tlsSecret?.name) return host;
  return { ...host, spec: { ...spec, tlsSecret: { ...spec.tlsSecret, name: certificateSecretName(spec.hostname) } } };
}
