/**
 * Secret: the certificates, keys and lists of certificates that TLS needs, as text. Admission only decodes; whoever
 * refers to a Secret has it read by `readCertificate`, so that the many that nobody refers to cost nothing.
 */
import { type Diagnostic, diagnose, ok } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { RawObject } from "../raw-object.ts";
import type { Resource } from "../resource.ts";
import { list, map, object, optional, type Static, secretString, string } from "../schema/index.ts";
import { coreKind } from "./narrow.ts";

const body = object(
  {
    type: optional(string(), "Type."),
    withheld: optional(list(string()), "The keys of data that was left out, as nothing referred to it."),
    data: optional(map(secretString()), "Values in base64."),
    stringData: optional(map(secretString()), "Values as they are."),
  },
  { open: true },
);

/** What is read of a Secret. All texts are PEM as found, not judged. */
export interface SecretSpec {
  readonly type: string;
  /** `tls.crt` or `cert-chain.pem`. As a CA Secret its certificates are the authorities. */
  readonly certificate?: string;
  /** `tls.key` or `key.pem`. */
  readonly privateKey?: string;
  /** `root-cert.pem` or `ca.crt`. */
  readonly ca?: string;
  /** The authority is `root-cert.pem`: whoever is shown the certificate is checked against it, too. */
  readonly rooted?: true;
  /** `crl.pem`. */
  readonly crl?: string;
  /** `cert_required: true` of a CA Secret. */
  readonly certRequired?: boolean;
  /** What it holds was left out when it was read, as nothing referred to it then. */
  readonly withheld?: true;
}

export type Secret = Resource<"Secret", SecretSpec>;

const types = new Set(["Opaque", "kubernetes.io/tls", "istio.io/key-and-cert"]);

/** Whether Secrets of a type may hold certificates; of others nothing is read. */
export function holdsCertificates(type: string): boolean {
  return types.has(type);
}

/** The names under which Secrets hold what. */
const secretKeys = {
  certificate: ["tls.crt", "cert-chain.pem"],
  privateKey: ["tls.key", "key.pem"],
  ca: ["root-cert.pem", "ca.crt"],
  crl: ["crl.pem"],
} as const;

const readKeys: ReadonlySet<string> = new Set([...Object.values(secretKeys).flat(), "cert_required"]);

/** A Secret's body without what is never read of it, so that passwords and the like need not be kept in memory. */
export function withoutUnreadData(body: RawObject["body"]): RawObject["body"] {
  const { type = "Opaque", data, stringData } = body;
  const kept = (values: unknown) =>
    Object.fromEntries(
      Object.entries(values ?? {}).filter(([key]) => holdsCertificates(String(type)) && readKeys.has(key)),
    );
  return { type, ...(data ? { data: kept(data) } : {}), ...(stringData ? { stringData: kept(stringData) } : {}) };
}

/** A Secret without its data, which is to be fetched when something refers to it; one without data as it is. */
export function withhold(raw: RawObject): RawObject {
  const { type, data, stringData } = raw.body;
  const withheld = Object.keys({ ...(data ?? {}), ...(stringData ?? {}) });
  return withheld.length === 0 ? raw : { ...raw, body: { type, withheld } };
}

/** Whether an object is a Secret whose data was left out. */
export function isWithheld({ ref, body }: RawObject): boolean {
  return ref.kind === "Secret" && ref.group === "" && body["withheld"] !== undefined;
}

/** The kind Secret. */
export const secret = coreKind({
  kind: "Secret",
  group: "",
  versions: ["v1"],
  body,
  narrow(given, raw) {
    const type = given.type ?? "Opaque";
    // Not even the type is kept: whatever stands in a Secret may be one.
    if (!holdsCertificates(type)) return ok<SecretSpec>({ type: "other" });
    if (given.withheld) return ok<SecretSpec>({ type, withheld: true });
    const diagnostics: Diagnostic[] = [];
    const read = (key: string): string | undefined => textOf(given, key, raw, diagnostics);
    const first = (keys: readonly string[]): string | undefined => keys.map(read).find((text) => text !== undefined);
    const spec: SecretSpec = {
      type,
      ...named("certificate", first(secretKeys.certificate)),
      ...named("privateKey", first(secretKeys.privateKey)),
      ...named("ca", first(secretKeys.ca)),
      ...(read("root-cert.pem") === undefined ? {} : { rooted: true }),
      ...named("crl", first(secretKeys.crl)),
      ...(read("cert_required")?.trim().toLowerCase() === "true" ? { certRequired: true } : {}),
    };
    return diagnostics.length === 0 ? { value: spec, diagnostics } : { diagnostics };
  },
});

function named<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}

function textOf(given: Static<typeof body>, key: string, raw: RawObject, found: Diagnostic[]): string | undefined {
  const plain = own(given.stringData, key);
  if (plain !== undefined) return plain;
  const encoded = own(given.data, key)?.replaceAll(/\s/g, "");
  if (encoded === undefined) return undefined;
  if (encoded.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(encoded))
    return Buffer.from(encoded, "base64").toString();
  const at = child({ ref: raw.ref, path: "" }, "data", key);
  found.push(
    diagnose("secret/invalid-base64", at, `the value of ${key} is not base64`, { traffic: "the Secret is not used" }),
  );
  return undefined;
}

function own(values: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}
