/**
 * Certificates, keys, authorities and revocation lists that cases ask for by name.
 * Made once per process, so that a certificate and its key match wherever a case names them.
 */
import { type Identity, keyPem, makeIdentity, makeRevocationList, pem } from "../../tools/x509/certificate.ts";

/** How a case describes a certificate: `name`, `name:a.test,b.test` or `name:a.test:ca=clients,expired,rsa`. */
export interface CertificateSpec {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly authority: string;
  readonly expired: boolean;
  readonly algorithm: "ec" | "rsa" | "ed25519";
}

/** Takes the textual form apart. */
function parseCertificateSpec(text: string): CertificateSpec {
  const [name = "", names = "", options = ""] = text.split(":");
  const flags = options.split(",").filter((option) => option !== "");
  const unknown = flags.find((flag) => !/^(ca=.+|expired|rsa|ed25519)$/.test(flag));
  if (name === "" || unknown !== undefined) throw new Error(`not a certificate: "${text}"`);
  return {
    name,
    dnsNames: names.split(",").filter((dnsName) => dnsName !== ""),
    authority: flags.find((flag) => flag.startsWith("ca="))?.slice(3) ?? "harness",
    expired: flags.includes("expired"),
    algorithm: flags.includes("rsa") ? "rsa" : flags.includes("ed25519") ? "ed25519" : "ec",
  };
}

/** A name is described in full once and may then be used alone; two descriptions of one name are a mistake. */
export interface Material {
  certificate(spec: string): { readonly certificate: string; readonly key: string };
  authority(name: string): string;
  revocationList(authority: string, revoked: readonly string[]): string;
  /** The placeholder that a text made here stands for, for goldens that must not change from run to run. */
  placeholderOf(pemText: string): string | undefined;
  /** Another store with the same authorities: certificates of one case are nothing to another. */
  fork(): Material;
}

/** An empty store. */
export function openMaterial(authorities: Map<string, Identity> = new Map()): Material {
  const identities = new Map<string, Identity>();
  const specs = new Map<string, string>();
  const placeholders = new Map<string, string>();

  const authority = (name: string): Identity =>
    remember(authorities, name, () => makeIdentity({ name: `authority-${name}`, isAuthority: true }));
  const identity = (text: string): Identity => {
    const spec = parseCertificateSpec(text);
    const described = text.includes(":");
    const known = specs.get(spec.name);
    if (described && known !== undefined && known !== text) throw new Error(`"${text}" was described as "${known}"`);
    if (!described && known === undefined && !identities.has(spec.name)) {
      throw new Error(`certificate "${spec.name}" is not described: write its names once, as ${spec.name}:a.test`);
    }
    if (described) specs.set(spec.name, text);
    return remember(identities, spec.name, () =>
      makeIdentity({
        name: spec.name,
        dnsNames: spec.dnsNames,
        issuer: authority(spec.authority),
        algorithm: spec.algorithm,
        ...(spec.expired ? { notAfter: new Date("2021-01-01T00:00:00Z") } : {}),
      }),
    );
  };
  const made = (placeholder: string, text: string): string => {
    placeholders.set(text.trim(), placeholder);
    return text;
  };
  return {
    certificate: (text) => {
      const { name, certificate, key } = identity(text);
      return {
        certificate: made(`\${CERT:${name}}`, pem("CERTIFICATE", certificate)),
        key: made(`\${KEY:${name}}`, keyPem(key)),
      };
    },
    authority: (name) => made(`\${CA:${name}}`, pem("CERTIFICATE", authority(name).certificate)),
    revocationList: (name, revoked) =>
      made(`\${CRL:${name}:${revoked.join(",")}}`, pem("X509 CRL", makeRevocationList(authority(name), revoked))),
    placeholderOf: (text) => placeholders.get(text.trim()),
    fork: () => openMaterial(authorities),
  };
}

function remember<T>(store: Map<string, T>, key: string, make: () => T): T {
  const known = store.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  store.set(key, fresh);
  return fresh;
}
